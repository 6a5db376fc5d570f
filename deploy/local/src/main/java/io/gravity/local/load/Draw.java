package io.gravity.local.load;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.SplittableRandom;

/** Draws values as SQL literals. The same seed gives the same values; only times come from the clock. */
final class Draw {
    private static final String[] WORDS = {
        "river",
        "stone",
        "paper",
        "window",
        "O'Neill",
        "张三",
        "Łódź",
        "naïve",
        "😀",
        "back\\slash",
        "\"quoted\"",
        "green",
        "market",
        "signal",
        "seven",
        "tab\there",
        "line\nbreak",
        "müsli",
        "заказ",
        "plain"
    };
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);
    private static final int YEAR_OF_SECONDS = 365 * 24 * 3600;

    private final SplittableRandom random;
    private final Clock clock;

    Draw(long seed, Clock clock) {
        this.random = new SplittableRandom(seed);
        this.clock = clock;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** From 0 to {@code bound}, exclusive. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    String number(long bound) {
        return Long.toString(random.nextLong(bound));
    }

    /** A non-negative decimal with exactly {@code scale} fraction digits. */
    String decimal(int bound, int scale) {
        var fraction = new StringBuilder();
        for (int i = 0; i < scale; i++) {
            fraction.append((char) ('0' + below(10)));
        }
        return below(bound) + "." + fraction;
    }

    String pick(String... texts) {
        return quoted(texts[below(texts.length)]);
    }

    /** Text of one to {@code most} words, with quotes, backslashes and letters of several scripts among them. */
    String words(int most) {
        var text = new StringBuilder();
        int count = 1 + below(most);
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append(WORDS[below(WORDS.length)]);
        }
        return quoted(text.toString());
    }

    String json() {
        return quoted("{\"theme\": \"%s\", \"limit\": %d, \"tags\": [%d, null, true]}"
                .formatted(chance(0.5) ? "dark" : "hell 张", below(1000), below(10)));
    }

    String bytes(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return "x'" + HexFormat.of().formatHex(bytes) + "'";
    }

    String date() {
        return "'%d-%02d-%02d'".formatted(1940 + below(70), 1 + below(12), 1 + below(28));
    }

    String span() {
        return "'%02d:%02d:%02d'".formatted(below(30), below(60), below(60));
    }

    /** A moment of the past year in whole seconds. */
    String past() {
        return "'" + SECONDS.format(now().minusSeconds(below(YEAR_OF_SECONDS))) + "'";
    }

    /** A moment of the past year in milliseconds. */
    String pastMillis() {
        return "'" + MILLIS.format(now().minusSeconds(below(YEAR_OF_SECONDS)).minusNanos(below(1000) * 1_000_000L))
                + "'";
    }

    /** The clock's time in microseconds. */
    String present() {
        return "'" + MICROS.format(now()) + "'";
    }

    String orNull(double probabilityOfNull, String value) {
        return chance(probabilityOfNull) ? "NULL" : value;
    }

    static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    private LocalDateTime now() {
        return LocalDateTime.ofInstant(Instant.now(clock), ZoneOffset.UTC);
    }
}
