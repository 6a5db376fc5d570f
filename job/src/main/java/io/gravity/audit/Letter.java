package io.gravity.audit;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A dead letter as it rests, in words.
 *
 * @param values one for each column of {@link DeadLetters#SCHEMA}, {@code null} for none
 */
public record Letter(List<String> values) {

    public Letter {
        if (values.size() != DeadLetters.SCHEMA.columnCount()) {
            throw new IllegalArgumentException(values.size() + " values, expected " + DeadLetters.SCHEMA.columnCount());
        }
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    public String id() {
        return value("id");
    }

    /** Returns when it was written; a change that is refused again has the same letter, written later. */
    public String writtenAt() {
        return value("detected_at");
    }

    public String value(String column) {
        return values.get(DeadLetters.SCHEMA.indexOf(column));
    }

    /** Returns the change's bytes; empty if it was too large, or if an earlier release wrote the letter. */
    public Optional<byte[]> change() {
        var text = value(DeadLetters.CHANGE_DATA);
        return text == null || text.isEmpty()
                ? Optional.empty()
                : Optional.of(Base64.getDecoder().decode(text));
    }
}
