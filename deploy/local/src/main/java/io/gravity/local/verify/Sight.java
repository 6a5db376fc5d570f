package io.gravity.local.verify;

import java.util.Set;

/** Looks at a target for probe rows. */
interface Sight extends AutoCloseable {

    /** Receives what is visible. */
    @FunctionalInterface
    interface Seen {
        /** The row now has the mark of this probe, or of a later one. */
        void accept(long row, long number);
    }

    /** Reports what the target shows of these rows, or what became visible of them since the last look. */
    void look(Set<Long> rows, Seen seen) throws Exception;

    @Override
    void close() throws Exception;
}
