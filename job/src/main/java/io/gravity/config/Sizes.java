package io.gravity.config;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Sizes in bytes as configuration writes them: {@code 4MiB} is 4 × 1024², {@code 4MB} 4 × 1000², {@code 4096} bytes. */
public final class Sizes {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15}) ?(B|[KMG]B|[KMG]iB)?", Pattern.CASE_INSENSITIVE);

    private Sizes() {}

    static OptionalLong parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        var unit = matcher.group(2) == null ? "B" : matcher.group(2).toUpperCase(Locale.ROOT);
        long base = unit.endsWith("IB") ? 1024 : 1000;
        long factor =
                switch (unit.charAt(0)) {
                    case 'K' -> base;
                    case 'M' -> base * base;
                    case 'G' -> base * base * base;
                    default -> 1;
                };
        try {
            return OptionalLong.of(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor));
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    /** Returns the size in the largest binary unit that shows it exactly. */
    public static String format(long bytes) {
        if (bytes > 0 && bytes % (1 << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes > 0 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes > 0 && bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : Long.toString(bytes);
    }
}
