package io.gravity.local.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The cache folder of server binaries: {@code gravity.cache} if that system property is set, else
 * {@code $XDG_CACHE_HOME/gravity}, else {@code ~/.cache/gravity}.
 *
 * <p>A folder in it is either complete or absent: it is filled under another name and renamed in one
 * step, under a file lock, so that builds which run at the same time fetch once. Fetching all servers
 * takes about 1.3 GB.
 */
public final class Downloads {
    /** Puts the content into a new empty folder. */
    @FunctionalInterface
    interface Filler {
        void fill(Path folder) throws IOException;
    }

    private Downloads() {}

    /** The cache folder; created if absent. */
    public static Path cacheFolder() {
        Path folder = Optional.ofNullable(System.getProperty("gravity.cache"))
                .map(Path::of)
                .or(() -> Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                        .filter(home -> !home.isBlank())
                        .map(home -> Path.of(home, "gravity")))
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "gravity"))
                .toAbsolutePath();
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Can't create the cache folder " + folder + "; choose another with -Dgravity.cache=FOLDER", e);
        }
    }

    /** The cached folder of that name, filled first if it is not there yet. */
    static synchronized Path provide(String name, Filler filler) {
        Path cache = cacheFolder();
        Path folder = cache.resolve(name);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        try (var channel = FileChannel.open(
                        cache.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (lock.isValid() && !Files.isDirectory(folder)) {
                Path part = cache.resolve(name + ".part");
                delete(part);
                Files.createDirectories(part);
                filler.fill(part);
                Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("Can't fill " + folder, e);
        }
    }

    /** Refuses a file whose SHA-256 (hexadecimal) is not the expected one. */
    static void verifySha256(Path file, String expected) throws IOException {
        verify(file, expected, HexFormat.of().formatHex(digest(file, "SHA-256")));
    }

    /** Refuses a file whose SHA-512 (Base64) is not the expected one. */
    static void verifySha512(Path file, String expected) throws IOException {
        verify(file, expected, Base64.getEncoder().encodeToString(digest(file, "SHA-512")));
    }

    /** Deletes a file or a folder with all in it; nothing happens if it is absent. */
    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (var files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void verify(Path file, String expected, String found) {
        if (!expected.equals(found)) {
            throw new ServerUnavailableException("Checksum of " + file.getFileName() + " is " + found + ", expected "
                    + expected + ". The download is damaged or was replaced; it was not used.");
        }
    }

    private static byte[] digest(Path file, String algorithm) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance(algorithm);
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has " + algorithm, e);
        }
    }
}
