package io.gravity.event;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One column of a table.
 *
 * @param declaration what a target needs besides, to build the column; {@code null} if nothing is known of that, or
 *     nothing out of the ordinary
 */
public record Column(String name, ColumnType type, boolean nullable, Declaration declaration) {

    /**
     * What the table's definition says of a column besides its type.
     *
     * @param defaultSql the default that the column came with, as SQL has it, e.g. {@code 'x'}, {@code 0} or {@code
     *     CURRENT_TIMESTAMP(6)}; {@code null} for none
     * @param comment {@code null} for none
     * @param charset {@code null} for a column without, or that of the server
     * @param collation {@code null} for the character set's usual one, or if it is not known
     * @param generated whether the server computes the values
     * @param members of an ENUM or SET, without quotes, in their order; empty for other types
     * @param formerNames what the column was called before, the last one first
     */
    public record Declaration(
            String defaultSql,
            String comment,
            String charset,
            String collation,
            boolean generated,
            List<String> members,
            List<String> formerNames) {

        /** Of a column that has nothing out of the ordinary. */
        public static final Declaration PLAIN = new Declaration(null, null, null, null, false, List.of(), List.of());

        public Declaration {
            members = List.copyOf(members);
            formerNames = List.copyOf(formerNames);
        }

        /** Returns the same with these former names. */
        public Declaration withFormerNames(List<String> names) {
            return new Declaration(defaultSql, comment, charset, collation, generated, members, names);
        }

        /** Returns the same with this default; {@code null} for none. */
        public Declaration withDefault(String sql) {
            return new Declaration(sql, comment, charset, collation, generated, members, formerNames);
        }

        /** Returns the same with these members. */
        public Declaration withMembers(List<String> newMembers) {
            return new Declaration(defaultSql, comment, charset, collation, generated, newMembers, formerNames);
        }

        long fingerprint() {
            long hash = 31 * fingerprint(defaultSql) + fingerprint(comment);
            hash = 31 * hash + fingerprint(charset);
            hash = 31 * hash + fingerprint(collation);
            hash = 31 * hash + (generated ? 1 : 2);
            hash = 31 * hash + members.hashCode();
            return 31 * hash + formerNames.hashCode();
        }

        private static long fingerprint(String text) {
            return text == null ? 7 : text.hashCode();
        }
    }

    public Column {
        requireNonNull(name, "name");
        requireNonNull(type, "type");
        declaration = Declaration.PLAIN.equals(declaration) ? null : declaration;
    }

    /** Creates a column of which nothing is known besides its type. */
    public Column(String name, ColumnType type, boolean nullable) {
        this(name, type, nullable, null);
    }

    /** Returns what is declared, or what holds where nothing is. */
    public Declaration declared() {
        return declaration == null ? Declaration.PLAIN : declaration;
    }

    /** Returns the column under another name that it has had from the beginning, as far as a target knows. */
    public Column named(String newName) {
        return new Column(newName, type, nullable, declaration == null ? null : declaration.withFormerNames(List.of()));
    }

    /** Returns the column as one that may be NULL. */
    public Column asNullable() {
        return nullable ? this : new Column(name, type, true, declaration);
    }
}
