package io.gravity.extension;

import io.gravity.event.ColumnType.Kind;
import io.gravity.udf.ConflictResolver;
import io.gravity.udf.FieldFunction;
import io.gravity.udf.RowTransform;
import io.gravity.udf.SourceVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Extensions as a user's jar might have them, good and bad; registered for all tests. */
public final class Own {

    private static final AtomicInteger ENDS = new AtomicInteger();

    private Own() {}

    /** Ends all loops that have begun, or they would take the time of other tests. */
    static void endLoops() {
        ENDS.incrementAndGet();
    }

    /** {@code mine}: the last word stands. */
    public static final class Mine implements ConflictResolver {
        @Override
        public String name() {
            return "mine";
        }

        @Override
        public Optional<Map<String, Object>> resolve(List<SourceVersion> versions) {
            return Optional.of(versions.get(versions.size() - 1).values());
        }
    }

    /** {@code shout}: upper case; of some texts it makes a fault. */
    public static final class Shout implements FieldFunction {
        @Override
        public String name() {
            return "shout";
        }

        @Override
        public Object apply(Object value) {
            return switch ((String) value) {
                case "throw" -> throw new IllegalStateException("no such word");
                case "deep" -> deeper(0);
                case "link" -> throw new NoClassDefFoundError("org/example/Gone");
                case "number" -> 7L;
                case "loop" -> loop();
                case "slow" -> slow(300);
                case "unspeakable" -> throw new Unspeakable();
                case "nothing" -> null;
                default -> ((String) value).toUpperCase(Locale.ROOT);
            };
        }

        @SuppressWarnings("InfiniteRecursion")
        private static Object deeper(int depth) {
            return deeper(depth + 1) + "x";
        }

        private static Object slow(int millis) {
            long until = System.nanoTime() + millis * 1_000_000L;
            for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return "SLOW";
        }

        private static Object loop() {
            int begun = ENDS.get();
            while (begun == ENDS.get()) {
                Thread.onSpinWait();
            }
            return 0L;
        }
    }

    /** Its message can't be had. */
    static final class Unspeakable extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    /** {@code twice}: doubles whole numbers. */
    public static final class Twice implements FieldFunction {
        @Override
        public String name() {
            return "twice";
        }

        @Override
        public Set<Kind> accepts() {
            return Set.of(Kind.INTEGER);
        }

        @Override
        public Object apply(Object value) {
            return Math.multiplyExact((Long) value, 2L);
        }
    }

    /** {@code tidy_row}: leaves out rows of status {@code gone}, and joins two columns; a status may ask for a fault. */
    public static final class TidyRow implements RowTransform {
        @Override
        public String name() {
            return "tidy_row";
        }

        @Override
        public Optional<Map<String, Object>> apply(Map<String, Object> row) {
            var status = String.valueOf(row.get("status"));
            var tidy = new HashMap<>(row);
            tidy.put("name", row.get("name") + "/" + status);
            return switch (status) {
                case "gone" -> Optional.empty();
                case "throw" -> throw new IllegalArgumentException("not that one");
                case "unknown-column" -> Optional.of(Map.of("nmae", "x"));
                case "wrong-type" -> Optional.of(Map.of("name", 1));
                case "null" -> null;
                default -> Optional.of(tidy);
            };
        }
    }
}
