package io.gravity.udf.functions;

import io.gravity.udf.FieldFunction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Gives the SHA-256 of the text in UTF-8, in 64 hexadecimal digits. */
public final class HashSha256 implements FieldFunction {

    @Override
    public String name() {
        return "hash_sha256";
    }

    @Override
    public Object apply(Object value) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(((String) value).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
