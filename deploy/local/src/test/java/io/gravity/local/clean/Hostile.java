package io.gravity.local.clean;

import java.util.Optional;

/** What functions of users may do. */
final class Hostile {
    private static volatile boolean isOver;

    private Hostile() {}

    /** Ends all loops. */
    static void end() {
        isOver = true;
    }

    static String act(String word) {
        switch (word) {
            case "throws" -> throw new Unspeakable();
            case "fails" -> throw new NoClassDefFoundError("org/example/Gone");
            case "null" -> {
                return null;
            }
            case "loops" -> {
                while (!isOver) {
                    Thread.onSpinWait();
                }
            }
            case "sleeps" -> {
                long until = System.nanoTime() + 300_000_000;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
            }
            default -> {}
        }
        return word;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // as code of another compiler, or of an older interface, may do
    static Optional<String> wrongTypeOr(Object word) {
        return word.equals("wrong") ? (Optional) Optional.of(7L) : Optional.empty();
    }

    /** Not even its message can be had. */
    private static final class Unspeakable extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }
}
