package io.gravity.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadsTest {
    @TempDir
    Path cache;

    private String before;

    @BeforeEach
    void useOwnCache() {
        before = System.getProperty("gravity.cache");
        System.setProperty("gravity.cache", cache.toString());
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty("gravity.cache");
        } else {
            System.setProperty("gravity.cache", before);
        }
    }

    @Test
    void fillsOnceAndNeverLeavesHalfAFolder() throws IOException {
        assertThatThrownBy(() -> Downloads.provide("tool", folder -> {
                    Files.writeString(folder.resolve("half"), "x");
                    throw new IOException("line cut");
                }))
                .hasMessageContaining("Can't fill")
                .hasRootCauseMessage("line cut");
        assertThat(cache.resolve("tool")).doesNotExist();

        Path folder = Downloads.provide("tool", f -> Files.writeString(f.resolve("whole"), "x"));
        assertThat(folder).isDirectoryContaining(file -> file.endsWith("whole"));
        assertThat(folder.resolve("half")).doesNotExist();
        assertThat(Downloads.provide("tool", f -> {
                    throw new IOException("must not be asked again");
                }))
                .isEqualTo(folder);
    }

    @Test
    void refusesAWrongChecksum() throws IOException {
        Path file = Files.writeString(cache.resolve("file"), "abc");
        Downloads.verifySha256(file, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThatThrownBy(() -> Downloads.verifySha256(file, "00"))
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContaining("expected 00");
    }
}
