package io.gravity.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CompressedBlocksTest {
    private static final byte[] PLAIN = "many rows ".repeat(500_000).getBytes(StandardCharsets.UTF_8);

    @Test
    void bytesComeBackAsTheyWere() throws IOException {
        byte[] packed = CompressedBlocks.compress(PLAIN);
        assertThat(packed).hasSizeLessThan(PLAIN.length / 10);
        assertThat(CompressedBlocks.decompress(packed)).isEqualTo(PLAIN);
        assertThat(CompressedBlocks.decompress(CompressedBlocks.compress(new byte[0])))
                .isEmpty();
    }

    @Test
    void damageIsSeen() {
        byte[] packed = CompressedBlocks.compress(PLAIN);
        packed[packed.length - 1]++;
        assertThatThrownBy(() -> CompressedBlocks.decompress(packed)).hasMessageContaining("Checksum");
    }
}
