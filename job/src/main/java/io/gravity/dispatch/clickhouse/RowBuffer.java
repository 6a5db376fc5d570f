package io.gravity.dispatch.clickhouse;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing byte array that takes ClickHouse's binary forms: numbers least significant byte first. */
final class RowBuffer {
    private static final VarHandle SHORT = littleEndian(short[].class);
    private static final VarHandle INT = littleEndian(int[].class);
    private static final VarHandle LONG = littleEndian(long[].class);

    private byte[] bytes;
    private int size;

    RowBuffer(int capacity) {
        this.bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    /** Forgets what was written beyond this size. */
    void cut(int newSize) {
        size = newSize;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    void writeByte(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    void writeShort(int value) {
        reserve(2);
        SHORT.set(bytes, size, (short) value);
        size += 2;
    }

    void writeInt(int value) {
        reserve(4);
        INT.set(bytes, size, value);
        size += 4;
    }

    void writeLong(long value) {
        reserve(8);
        LONG.set(bytes, size, value);
        size += 8;
    }

    /** Writes a two's complement number of so many bytes; {@code bigEndian} is at most as long. */
    void writeNumber(byte[] bigEndian, int width) {
        reserve(width);
        for (int i = 0; i < bigEndian.length; i++) {
            bytes[size + i] = bigEndian[bigEndian.length - 1 - i];
        }
        byte sign = (byte) (bigEndian[0] < 0 ? -1 : 0);
        Arrays.fill(bytes, size + bigEndian.length, size + width, sign);
        size += width;
    }

    /** Writes a length in one to five bytes. */
    void writeVarInt(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            writeByte((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        writeByte(rest);
    }

    /** Writes length and bytes. */
    void writeString(byte[] value) {
        writeVarInt(value.length);
        reserve(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    void writeString(String value) {
        writeString(value.getBytes(StandardCharsets.UTF_8));
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(Math.addExact(size, more), (int) Math.min(bytes.length * 2L, 1 << 30)));
        }
    }

    private static VarHandle littleEndian(Class<?> view) {
        return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.LITTLE_ENDIAN);
    }
}
