package org.example;

import java.util.Set;

/** Whom nothing is bought from. */
final class Suppliers {
    private static final Set<String> BLOCKED = Set.of("shady");

    private Suppliers() {}

    static boolean isBlocked(String supplier) {
        return BLOCKED.contains(supplier);
    }
}
