package io.gravity.types;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Makes short what is the same for all rows of a table, since each of them carries it: packed once, it is copied often.
 * What is packed begins with a 0, which the plain forms never do, so that those of earlier releases stay readable.
 */
final class Packed {
    private static final int MARK = 0;
    /** Words that nearly every table has; a part of the format. */
    private static final byte[] DICTIONARY =
            ("CURRENT_TIMESTAMP(DATETIMESTAMPDATETINYINTSMALLINTMEDIUMINTBIGINT UNSIGNEDOUBLEFLOATDECIMALENUMSETJSON"
                            + "MEDIUMTEXTLONGTEXTVARBINARYBLOBCHARVARCHAR\u0007utf8mb4\u0012utf8mb4_general_ci")
                    .getBytes(StandardCharsets.US_ASCII);

    private Packed() {}

    /** Returns the bytes in their packed form, or as they are if that is no shorter. */
    static byte[] of(byte[] plain) {
        var deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setDictionary(DICTIONARY);
            deflater.setInput(plain);
            deflater.finish();
            var packed = new byte[plain.length + 1];
            packed[0] = MARK;
            int length = 1 + deflater.deflate(packed, 1, plain.length);
            return deflater.finished() && length < plain.length ? java.util.Arrays.copyOf(packed, length) : plain;
        } finally {
            deflater.end();
        }
    }

    /** Returns the bytes in their plain form. */
    static byte[] plain(byte[] bytes) throws IOException {
        if (bytes.length == 0 || bytes[0] != MARK) {
            return bytes;
        }
        var inflater = new Inflater(true);
        try {
            inflater.setDictionary(DICTIONARY);
            inflater.setInput(bytes, 1, bytes.length - 1);
            var plain = new ByteArrayOutputStream(4 * bytes.length);
            var buffer = new byte[1024];
            while (!inflater.finished()) {
                int length = inflater.inflate(buffer);
                if (length == 0 && !inflater.finished()) {
                    throw new IOException("a table's columns end too early: the stream is damaged");
                }
                plain.write(buffer, 0, length);
            }
            return plain.toByteArray();
        } catch (DataFormatException e) {
            throw new IOException("a table's columns are damaged", e);
        } finally {
            inflater.end();
        }
    }
}
