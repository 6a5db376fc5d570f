package io.gravity.local.server;

import com.clickhouse.data.ClickHouseCityHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Factory;

/**
 * ClickHouse's own compression, as used with {@code compress=1} and {@code decompress=1}: blocks of
 * checksum (16 bytes), method (1), compressed size with this header (4), plain size (4), data; all
 * little-endian.
 */
final class CompressedBlocks {
    private static final int CHECKSUM_BYTES = 16;
    private static final int HEADER_BYTES = 9;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final byte LZ4 = (byte) 0x82;
    private static final byte NONE = 0x02;
    private static final LZ4Factory CODEC = LZ4Factory.fastestJavaInstance();

    private CompressedBlocks() {}

    /** Packs bytes into LZ4 blocks of at most 1 MiB each. */
    static byte[] compress(byte[] plain) {
        var compressor = CODEC.fastCompressor();
        var out = new ByteArrayOutputStream(plain.length / 2 + BLOCK_BYTES / 16);
        for (int start = 0; start < plain.length; start += BLOCK_BYTES) {
            int size = Math.min(BLOCK_BYTES, plain.length - start);
            var block = new byte[HEADER_BYTES + compressor.maxCompressedLength(size)];
            int packed = compressor.compress(plain, start, size, block, HEADER_BYTES);
            ByteBuffer.wrap(block)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(LZ4)
                    .putInt(HEADER_BYTES + packed)
                    .putInt(size);
            long[] checksum = checksum(block, 0, HEADER_BYTES + packed);
            out.writeBytes(ByteBuffer.allocate(CHECKSUM_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(checksum[0])
                    .putLong(checksum[1])
                    .array());
            out.write(block, 0, HEADER_BYTES + packed);
        }
        return out.toByteArray();
    }

    /**
     * Unpacks blocks of LZ4 or plain data.
     *
     * @throws IOException if a checksum or a size does not fit
     */
    static byte[] decompress(byte[] blocks) throws IOException {
        var out = new ByteArrayOutputStream(blocks.length * 2);
        int start = 0;
        while (start < blocks.length) {
            if (blocks.length - start < CHECKSUM_BYTES + HEADER_BYTES) {
                throw new IOException("A compressed block ends in its header");
            }
            var buffer = ByteBuffer.wrap(blocks, start, blocks.length - start).order(ByteOrder.LITTLE_ENDIAN);
            long low = buffer.getLong();
            long high = buffer.getLong();
            byte method = buffer.get();
            int packed = buffer.getInt();
            int size = buffer.getInt();
            int header = start + CHECKSUM_BYTES;
            if (packed < HEADER_BYTES || size < 0 || packed > blocks.length - header) {
                throw new IOException(
                        "A compressed block says it has " + packed + " bytes, there are " + (blocks.length - header));
            }
            long[] checksum = checksum(blocks, header, packed);
            if (checksum[0] != low || checksum[1] != high) {
                throw new IOException("Checksum of a compressed block does not match");
            }
            out.writeBytes(unpack(method, blocks, header + HEADER_BYTES, packed - HEADER_BYTES, size));
            start = header + packed;
        }
        return out.toByteArray();
    }

    /** The client has no other public copy of ClickHouse's own version of CityHash. */
    @SuppressWarnings("deprecation")
    private static long[] checksum(byte[] bytes, int from, int length) {
        return ClickHouseCityHash.cityHash128(bytes, from, length);
    }

    private static byte[] unpack(byte method, byte[] blocks, int from, int length, int size) throws IOException {
        return switch (method) {
            case LZ4 -> {
                var plain = new byte[size];
                CODEC.safeDecompressor().decompress(blocks, from, length, plain, 0, size);
                yield plain;
            }
            case NONE -> Arrays.copyOfRange(blocks, from, from + length);
            default ->
                throw new IOException("Compression method 0x" + Integer.toHexString(method & 0xff)
                        + " is not supported, only LZ4 (0x82) and none (0x02)");
        };
    }
}
