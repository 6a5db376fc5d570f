package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.junit.jupiter.api.Test;

class RowCacheTest {
    private static final long SMALL = RowCache.MIN_BYTES;

    /** Several times what fits, so that the ring is overwritten, and sets of the index are full. */
    @Property(tries = 40)
    void answersWithWhatWasPutLastOrNotAtAll(@ForAll Random random) throws IOException {
        int keys = 1 + random.nextInt(8_000);
        int longest = 1 + random.nextInt(random.nextInt(20) == 0 ? 9_000 : 200);
        long begin = random.nextBoolean() ? 8 : RowCache.LAST_POSITION - random.nextInt(1 << 20) / 8 * 8;
        var model = new HashMap<Integer, byte[]>();
        int found = 0;
        try (var cache = new RowCache(SMALL + random.nextInt(1 << 20), begin)) {
            for (int n = 0; n < 30_000; n++) {
                int key = random.nextInt(keys);
                switch (random.nextInt(8)) {
                    case 0 -> {
                        cache.remove(key(key));
                        model.remove(key);
                        assertThat(cache.get(key(key))).isNull();
                    }
                    case 1, 2, 3, 4 -> {
                        // Some of them longer than what was there, some of the same length.
                        var value = new byte[random.nextInt(3) == 0 ? longest : random.nextInt(longest)];
                        random.nextBytes(value);
                        cache.put(key(key), value, value.length);
                        model.put(key, value);
                        boolean fits = 4 + key(key).length + value.length <= 8_192;
                        assertThat(bytes(cache.get(key(key)))).isEqualTo(fits ? value : null);
                    }
                    default -> {
                        var value = bytes(cache.get(key(key)));
                        if (value != null) {
                            found++;
                            assertThat(value).isEqualTo(model.get(key));
                        }
                    }
                }
            }
        }
        assertThat(found).isPositive();
    }

    @Test
    void whatFitsIsKept() throws IOException {
        int rows = 100_000; // 5.6 MB
        try (var cache = new RowCache(8 << 20)) {
            for (int round = 0; round < 3; round++) {
                for (int key = 0; key < rows; key++) {
                    cache.put(key(key), value(key + round), 40);
                }
            }
            int kept = 0;
            for (int key = 0; key < rows; key++) {
                var value = bytes(cache.get(key(key)));
                kept += value != null && Arrays.equals(value, value(key + 2)) ? 1 : 0;
            }
            assertThat(kept).isGreaterThan(rows * 97 / 100);
        }
    }

    @Test
    void whatIsWrittenOftenStaysWhileOthersPass() {
        try (var cache = new RowCache(SMALL)) {
            for (int n = 0; n < 1_000_000; n++) {
                int key = n % 10 == 0 ? n / 10 % 10 : n;
                cache.put(key(key), value(n), 40);
            }
            for (int hot = 0; hot < 10; hot++) {
                assertThat(cache.get(key(hot))).isNotNull();
            }
            assertThat(cache.get(key(900_001))).isNull();
        }
    }

    @Test
    void aValueThatIsTooLongTakesTheOneBeforeWithIt() {
        try (var cache = new RowCache(SMALL)) {
            cache.put(key(1), key(1), 8);
            cache.put(key(1), new byte[70_000], 70_000);
            assertThat(cache.get(key(1))).isNull();
        }
    }

    @Test
    void onlyTheGivenLengthCounts() throws IOException {
        try (var cache = new RowCache(SMALL)) {
            cache.put(key(1), new byte[] {1, 2, 3}, 2);
            assertThat(bytes(cache.get(key(1)))).containsExactly(1, 2);
            cache.put(key(2), new byte[0], 0);
            assertThat(bytes(cache.get(key(2)))).isEmpty();
        }
    }

    @Test
    void tooLittleMemoryIsRefused() {
        assertThatThrownBy(() -> new RowCache(SMALL - 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected at least " + SMALL);
    }

    private static byte[] key(int n) {
        return ByteBuffer.allocate(8).putInt(n).putInt(~n).array();
    }

    private static byte[] value(int n) {
        return ByteBuffer.allocate(40).putInt(n).array();
    }

    private static byte[] bytes(DataInputDeserializer view) throws IOException {
        if (view == null) {
            return null;
        }
        var bytes = new byte[view.available()];
        view.readFully(bytes);
        return bytes;
    }
}
