package io.gravity.expression;

import java.io.Serializable;

/** A pattern of LIKE: {@code %} for any characters, {@code _} for one, the escape before what stands for itself. */
final class LikePattern implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int ANY = -1;
    private static final int ONE = -2;

    /** Characters, {@link #ANY} or {@link #ONE}. */
    private final int[] parts;

    LikePattern(String pattern, int escape) {
        var characters = pattern.codePoints().toArray();
        var read = new int[characters.length];
        int size = 0;
        for (int i = 0; i < characters.length; i++) {
            int c = characters[i];
            if (c == escape && i + 1 < characters.length) {
                read[size++] = characters[++i];
            } else {
                read[size++] = c == '%' ? ANY : c == '_' ? ONE : c;
            }
        }
        parts = java.util.Arrays.copyOf(read, size);
    }

    /** Goes back to the last {@code %} alone, so the time is at worst the product of both lengths. */
    boolean matches(String text) {
        int at = 0;
        int part = 0;
        int any = -1;
        int resume = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (part < parts.length && parts[part] == ANY) {
                any = part++;
                resume = at;
            } else if (part < parts.length && (parts[part] == ONE || parts[part] == c)) {
                part++;
                at += Character.charCount(c);
            } else if (any >= 0) {
                part = any + 1;
                resume += Character.charCount(text.codePointAt(resume));
                at = resume;
            } else {
                return false;
            }
        }
        while (part < parts.length && parts[part] == ANY) {
            part++;
        }
        return part == parts.length;
    }
}
