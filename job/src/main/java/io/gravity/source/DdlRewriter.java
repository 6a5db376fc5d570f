package io.gravity.source;

import static io.gravity.source.Names.quoted;

import io.gravity.event.TableId;
import io.gravity.source.DdlText.Token;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Says a statement of the binlog to the connector in words that it understands: what concerns no table that is read, it
 * does not hear of; of an ALTER TABLE only what changes columns and keys; one table at a time. Pure but for its
 * {@link Catalog}.
 *
 * <p>It mends what the connector gets wrong: {@code MODIFY} and {@code CHANGE} without NULL or NOT NULL, which allow NULL
 * and which it leaves as they were; {@code IF [NOT] EXISTS}; columns that swap their names; comments that the server
 * executes; other character sets; a table that another one takes the place of, as the tools for online schema changes do
 * it. Where it can't be helped to follow, it is told the table's definition of now, which a later statement of the binlog
 * may be part of already.
 */
final class DdlRewriter {
    private static final List<String> TRANSACTION =
            List.of("BEGIN", "COMMIT", "ROLLBACK", "XA", "SAVEPOINT", "SET", "END");
    private static final List<String> DML = List.of("INSERT", "UPDATE", "DELETE", "REPLACE");
    /** Begins a DROP of which the server knows nothing: only the connector is to forget the table. */
    static final String FORGET = "DROP /* defined anew */ TABLE ";

    private static final List<String> INDEX = List.of(
            "INDEX", "KEY", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK", "PARTITION", "PERIOD", "SYSTEM", "VECTOR");

    private static final List<String> OF_CHARSETS = List.of("DEFAULT", "CHARACTER", "CHARSET", "COLLATE");
    private static final String ANY_UNICODE = "uca1400";

    private static final List<String> OF_COLUMNS = List.of("ADD", "DROP", "ALTER", "CHANGE", "MODIFY", "RENAME");

    private final DdlText.Server server;
    private final Catalog catalog;

    /** What is known of tables. */
    interface Catalog {
        /** Returns whether the table is one to be read. */
        boolean isRead(TableId table);

        /**
         * Returns the columns of the table at this place of the binlog, as the connector knows it or, of one that is not
         * read, as was {@linkplain #follow followed}; none if it is not known.
         */
        Optional<Set<String>> columns(TableId table);

        /** Returns how a column would be declared at this place of the binlog; none if it is not known. */
        Optional<String> declaration(TableId table, String column);

        /**
         * Returns a CREATE TABLE of the table at this place of the binlog; none if it is not known.
         *
         * @param as the name it is to have
         * @param charset what has changed besides; {@code null} for nothing
         */
        Optional<String> known(TableId table, TableId as, CharacterSet charset);

        /** Returns the character set that tables of a database get which say nothing of theirs; none if it is not there. */
        Optional<String> charset(String database);

        /** Hears that a database has another character set from now on. */
        void charset(String database, String name);

        /** Hears what is done to a table that is not read, as it may take the place of one that is. */
        void follow(TableId table, List<String> statements);

        /** Returns the tables of a database that the connector knows. */
        List<TableId> tables(String database);

        /** Returns a CREATE TABLE of the table as it is now on the server; none if it is not there. */
        Optional<String> definition(TableId table);

        /** Returns whether the connector can follow a statement about the table. */
        boolean isUnderstood(String database, String statement, TableId table);

        /** Hears that the connector is to be told of other columns of the table. */
        void changes(TableId table);

        /** Hears of a statement that the connector can't follow, and whether it is told the definition of now instead. */
        void notUnderstood(TableId table, String statement, boolean toldDefinition);

        /** Hears that a table's rows are those of another one from now on, which the binlog does not tell. */
        void replaced(TableId table, TableId by);

        /** Hears that a table has lost its primary key, and that its rows are still told apart by it. */
        void keyLost(TableId table);
    }

    /**
     * A character set that a table gets.
     *
     * @param ofAll whether its columns get it as well, not only those that come
     */
    record CharacterSet(String name, boolean ofAll) {}

    /** Where a name ends. */
    private record Named(TableId table, int next) {}

    DdlRewriter(DdlText.Server server, Catalog catalog) {
        this.server = server;
        this.catalog = catalog;
    }

    /** Returns the statements for the connector, each about one table; none if it need not hear of it. */
    List<String> rewrite(String database, String sql) {
        var ddl = DdlText.of(sql, server);
        var tokens = ddl.tokens();
        if (tokens.isEmpty()) {
            return List.of();
        }
        var first = tokens.get(0);
        if (first.is("SET") && tokens.size() > 1 && tokens.get(1).is("STATEMENT")) {
            return rewriteBehindFor(database, ddl);
        }
        if (first.isOneOf(TRANSACTION) || first.isOneOf(DML)) {
            return List.of(sql);
        }
        int at = skip(tokens, 1, List.of("ONLINE", "OFFLINE", "IGNORE", "OR", "REPLACE"));
        if (at >= tokens.size()) {
            return first.is("TRUNCATE") ? List.of(ddl.text()) : List.of();
        }
        var what = tokens.get(at);
        if (first.is("TRUNCATE")) {
            return truncate(database, tokens, what.is("TABLE") ? at + 1 : at);
        }
        if (what.isOneOf(List.of("DATABASE", "SCHEMA"))) {
            if (first.is("DROP")) {
                return dropDatabase(tokens, at + 1);
            }
            charset(clauses(tokens, at + 1)).ifPresent(set -> {
                int name = skip(tokens, at + 1, List.of("IF", "NOT", "EXISTS"));
                boolean isNamed = !tokens.get(name).isOneOf(OF_CHARSETS);
                catalog.charset(isNamed ? tokens.get(name).name() : database, set.name());
            });
            return List.of(ddl.text());
        }
        if (!what.isOneOf(List.of("TABLE", "TABLES"))) {
            return List.of();
        }
        return switch (first.text().toUpperCase(Locale.ROOT)) {
            case "ALTER" -> alter(database, ddl, at + 1);
            case "CREATE" -> create(database, ddl, at + 1);
            case "DROP" -> drop(database, tokens, at + 1);
            case "RENAME" -> rename(database, tokens, at + 1);
            default -> List.of();
        };
    }

    /** MariaDB logs {@code SET STATEMENT variables FOR statement} as it is. */
    private List<String> rewriteBehindFor(String database, DdlText ddl) {
        return ddl.tokens().stream()
                .filter(token -> token.is("FOR"))
                .findFirst()
                .map(token -> rewrite(database, ddl.text().substring(token.end())))
                .orElse(List.of());
    }

    private List<String> truncate(String database, List<Token> tokens, int at) {
        return named(database, tokens, at)
                .filter(named -> catalog.isRead(named.table()))
                .map(named -> List.of("TRUNCATE TABLE " + quoted(named.table())))
                .orElse(List.of());
    }

    private List<String> dropDatabase(List<Token> tokens, int from) {
        int at = skip(tokens, from, List.of("IF", "EXISTS"));
        return at >= tokens.size()
                ? List.of()
                : catalog.tables(tokens.get(at).name()).stream()
                        .filter(catalog::isRead)
                        .map(DdlRewriter::dropOf)
                        .toList();
    }

    private List<String> drop(String database, List<Token> tokens, int from) {
        var statements = new ArrayList<String>();
        int at = skip(tokens, from, List.of("IF", "EXISTS"));
        while (true) {
            var named = named(database, tokens, at);
            if (named.isEmpty()) {
                return statements;
            }
            if (catalog.isRead(named.get().table())) {
                statements.add(dropOf(named.get().table()));
            } else {
                forget(named.get().table());
            }
            at = named.get().next();
            if (at >= tokens.size() || !tokens.get(at).is(",")) {
                return statements;
            }
            at++;
        }
    }

    private List<String> create(String database, DdlText ddl, int from) {
        var tokens = ddl.tokens();
        boolean onlyIfMissing = from < tokens.size() && tokens.get(from).is("IF");
        var named = named(database, tokens, skip(tokens, from, List.of("IF", "NOT", "EXISTS")));
        if (named.isEmpty()) {
            return List.of();
        }
        var table = named.get().table();
        if (onlyIfMissing && catalog.columns(table).isPresent()) {
            return List.of();
        }
        var rest = withCharset(table.database(), ddl, named.get().next());
        if (!catalog.isRead(table)) {
            var statement = likeOf(database, tokens, named.get().next())
                    .map(like -> catalog.known(like, table, null))
                    .orElseGet(() -> Optional.of("CREATE TABLE " + quoted(table) + rest));
            catalog.follow(table, statement.map(made -> anew(table, made)).orElseGet(() -> List.of(dropOf(table))));
            return List.of();
        }
        // What is created was not there, whatever is known of it: a reader that begins takes tables as they are now.
        var created = likeOf(database, tokens, named.get().next())
                .map(like -> catalog.columns(like).isPresent() && catalog.isRead(like)
                        ? Optional.of("CREATE TABLE " + quoted(table) + " LIKE " + quoted(like))
                        : catalog.known(like, table, null))
                .orElseGet(() -> Optional.of("CREATE TABLE " + quoted(table) + rest));
        var statements = created.map(statement -> understood(database, anew(table, statement), table, ddl.text()))
                .orElseGet(() -> definition(table, ddl.text()));
        if (tokens.stream().limit(3).noneMatch(token -> token.is("REPLACE"))) {
            return statements;
        }
        var replacing = new ArrayList<>(List.of(dropOf(table)));
        statements.stream().filter(statement -> !statement.startsWith(FORGET)).forEach(replacing::add);
        return replacing;
    }

    /**
     * Returns what follows the name in a CREATE TABLE, with the character set that its texts have if no other is said: the
     * connector takes UTF-8 then.
     */
    private String withCharset(String database, DdlText ddl, int from) {
        var tokens = ddl.tokens();
        int depth = 0;
        int at = from;
        while (at < tokens.size() && (at == from || depth > 0)) {
            depth += tokens.get(at).is("(") ? 1 : tokens.get(at).is(")") ? -1 : 0;
            at++;
        }
        int begin = tokens.get(from - 1).end();
        if (from >= tokens.size() || !tokens.get(from).is("(") || depth > 0) {
            return ddl.text().substring(begin);
        }
        int end = tokens.get(at - 1).end();
        var options = tokens.subList(at, tokens.size());
        boolean isSaid = options.stream().anyMatch(token -> token.is("CHARSET") || token.is("CHARACTER"));
        var charset = isSaid
                ? Optional.<String>empty()
                : charset(clauses(tokens, at)).map(CharacterSet::name).or(() -> catalog.charset(database));
        return ddl.text().substring(begin, end)
                + charset.map(name -> " DEFAULT CHARACTER SET " + name).orElse("")
                + ddl.text().substring(end);
    }

    private static Optional<TableId> likeOf(String database, List<Token> tokens, int from) {
        int at = from < tokens.size() && tokens.get(from).is("(") ? from + 1 : from;
        return at < tokens.size() && tokens.get(at).is("LIKE")
                ? named(database, tokens, at + 1).map(Named::table)
                : Optional.empty();
    }

    private List<String> rename(String database, List<Token> tokens, int from) {
        var renames = new LinkedHashMap<TableId, TableId>();
        int at = skip(tokens, from, List.of("IF", "EXISTS"));
        while (true) {
            var old = named(database, tokens, at);
            if (old.isEmpty()) {
                return renamed(renames);
            }
            at = skip(tokens, old.get().next(), List.of("WAIT", "NOWAIT", "TO"));
            var now = named(database, tokens, at);
            if (now.isEmpty()) {
                return renamed(renames);
            }
            // A step in the middle of a statement is nobody's business: only where each table ends up counts.
            var origin = renames.entrySet().stream()
                    .filter(step -> step.getValue().equals(old.get().table()))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(old.get().table());
            renames.put(origin, now.get().table());
            at = now.get().next() + 1;
        }
    }

    private List<String> renamed(Map<TableId, TableId> renames) {
        var statements = new ArrayList<String>();
        var beside = new LinkedHashMap<TableId, List<String>>();
        renames.keySet().stream()
                .filter(old -> !catalog.isRead(old))
                .forEach(old -> beside.put(old, List.of(dropOf(old))));
        renames.forEach((old, now) -> {
            if (now.equals(old)) {
                return;
            }
            var known = catalog.known(old, now, null);
            if (!catalog.isRead(now)) {
                beside.put(now, known.map(made -> anew(now, made)).orElseGet(() -> List.of(dropOf(now))));
                return;
            }
            boolean isCopy = catalog.isRead(old) && catalog.columns(old).isPresent() && !renames.containsKey(now);
            catalog.changes(now);
            if (isCopy) {
                statements.add("CREATE TABLE " + quoted(now) + " LIKE " + quoted(old));
            } else {
                var instead = "RENAME TABLE " + quoted(old) + " TO " + quoted(now);
                statements.addAll(known.map(made -> understood(now.database(), anew(now, made), now, instead))
                        .orElseGet(() -> definition(now, instead)));
            }
            catalog.replaced(now, old);
        });
        renames.keySet().stream()
                .filter(old -> catalog.isRead(old) && !renames.containsValue(old))
                .forEach(old -> statements.add(dropOf(old)));
        beside.forEach(catalog::follow);
        return statements;
    }

    private List<String> alter(String database, DdlText ddl, int from) {
        var tokens = ddl.tokens();
        var named = named(database, tokens, skip(tokens, from, List.of("IF", "EXISTS")));
        if (named.isEmpty()) {
            return List.of();
        }
        var table = named.get().table();
        int at = skip(tokens, named.get().next(), List.of("WAIT", "NOWAIT"));
        var clauses = clauses(tokens, at);
        var renames = new LinkedHashMap<TableId, TableId>();
        for (var clause : clauses) {
            newName(database, clause).ifPresent(now -> renames.put(table, now));
        }
        var statements = new ArrayList<String>();
        if (catalog.isRead(table)) {
            statements.addAll(altered(ddl, table, clauses)
                    .map(changes -> understood(database, changes, table, String.join("; ", changes)))
                    .orElseGet(() -> definition(table, ddl.text())));
        } else if (catalog.columns(table).isPresent()) {
            catalog.follow(table, altered(ddl, table, clauses).orElseGet(() -> List.of(dropOf(table))));
        }
        statements.addAll(renamed(renames));
        return statements;
    }

    /** Returns what happens to a table's columns; none if that can't be said. */
    private Optional<List<String>> altered(DdlText ddl, TableId table, List<List<Token>> clauses) {
        var known = catalog.columns(table);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        var names = new HashSet<String>();
        known.get().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        var statements = new ArrayList<String>();
        var charset = charset(clauses);
        if (charset.isPresent()) {
            var other = catalog.known(table, table, charset.get());
            if (other.isEmpty() || charset.get().name().equalsIgnoreCase("DEFAULT")) {
                return Optional.empty();
            }
            statements.addAll(anew(table, other.get()));
        }
        var kept = new ArrayList<String>();
        boolean addsKey = clauses.stream().anyMatch(DdlRewriter::addsPrimaryKey);
        for (var clause : clauses) {
            if (dropsPrimaryKey(clause) && !addsKey) {
                catalog.keyLost(table);
            } else if (changesColumns(clause) && applies(clause, names)) {
                boolean isOfBefore = charset.isPresent() && clause.get(0).is("RENAME");
                if (isNewNameTaken(clause, names) || isOfBefore) {
                    return Optional.empty();
                }
                kept.add(said(ddl.text(), clause, table));
                note(clause, names);
            }
        }
        if (!kept.isEmpty()) {
            statements.add("ALTER TABLE " + quoted(table) + " " + String.join(", ", kept));
        }
        return Optional.of(statements);
    }

    /** Returns the character set that a statement gives to the table, or to all of it. */
    private static Optional<CharacterSet> charset(List<List<Token>> clauses) {
        CharacterSet charset = null;
        for (var clause : clauses) {
            boolean converts = clause.get(0).is("CONVERT");
            if (converts || !clause.get(0).isOneOf(OF_COLUMNS)) {
                for (int i = 0; i < clause.size(); i++) {
                    int at = skip(clause, i + 1, List.of("SET", "="));
                    boolean isSet =
                            clause.get(i).is("CHARACTER") || clause.get(i).is("CHARSET");
                    boolean isCollation = clause.get(i).is("COLLATE") && charset == null;
                    if ((isSet || isCollation) && at < clause.size()) {
                        // A collation's name begins with its character set's, but for MariaDB's that are for each.
                        var name = clause.get(at).name().replace("'", "");
                        var set = isSet ? name : name.split("_", 2)[0];
                        charset = set.startsWith(ANY_UNICODE) ? charset : new CharacterSet(set, converts);
                    }
                }
            }
        }
        return Optional.ofNullable(charset);
    }

    /** A CREATE TABLE of a table that the connector knows says nothing to it. */
    private List<String> anew(TableId table, String create) {
        return catalog.columns(table).isEmpty() ? List.of(create) : List.of(FORGET + quoted(table), create);
    }

    private void forget(TableId table) {
        catalog.follow(table, List.of(dropOf(table)));
    }

    private List<String> understood(String database, List<String> statements, TableId table, String instead) {
        if (statements.isEmpty()) {
            return statements;
        }
        catalog.changes(table);
        boolean isUnderstood = statements.stream()
                .allMatch(said -> said.startsWith(FORGET) || catalog.isUnderstood(database, said, table));
        return isUnderstood ? statements : definition(table, instead);
    }

    private List<String> definition(TableId table, String instead) {
        catalog.changes(table);
        var now = catalog.definition(table);
        catalog.notUnderstood(table, instead, now.isPresent());
        if (now.isEmpty()) {
            return List.of();
        }
        return anew(table, now.get());
    }

    /** Returns an ALTER TABLE's parts: what stands between commas outside of brackets. */
    private static List<List<Token>> clauses(List<Token> tokens, int from) {
        var clauses = new ArrayList<List<Token>>();
        int depth = 0;
        int begin = from;
        for (int i = from; i < tokens.size(); i++) {
            var token = tokens.get(i);
            depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
            if (depth == 0 && (token.is(",") || token.is(";"))) {
                clauses.add(tokens.subList(begin, i));
                begin = i + 1;
            }
        }
        clauses.add(tokens.subList(Math.min(begin, tokens.size()), tokens.size()));
        return clauses.stream().filter(clause -> !clause.isEmpty()).toList();
    }

    private static Optional<TableId> newName(String database, List<Token> clause) {
        if (!clause.get(0).is("RENAME") || clause.size() < 2) {
            return Optional.empty();
        }
        if (clause.get(1).isOneOf(List.of("COLUMN", "INDEX", "KEY")) && clause.size() > 3) {
            return Optional.empty();
        }
        return named(database, clause, skip(clause, 1, List.of("TO", "AS", "=")))
                .map(Named::table);
    }

    private static boolean changesColumns(List<Token> clause) {
        var verb = clause.get(0).text().toUpperCase(Locale.ROOT);
        var second = clause.size() > 1 ? clause.get(1) : clause.get(0);
        return switch (verb) {
            case "ADD" -> {
                boolean isPrimary = clause.stream().limit(4).anyMatch(token -> token.is("PRIMARY"));
                boolean isConstraint = second.is("CONSTRAINT");
                yield isConstraint ? isPrimary : !second.isOneOf(INDEX);
            }
            case "DROP" -> second.is("PRIMARY") || !(second.isOneOf(INDEX) || second.is("CONSTRAINT"));
            case "MODIFY", "CHANGE" -> true;
            case "RENAME" -> second.is("COLUMN") && clause.size() > 3;
            default -> false;
        };
    }

    private static boolean dropsPrimaryKey(List<Token> clause) {
        return clause.get(0).is("DROP") && clause.size() > 1 && clause.get(1).is("PRIMARY");
    }

    /** A key can be added as such, or with its column. */
    private static boolean addsPrimaryKey(List<Token> clause) {
        return !dropsPrimaryKey(clause) && clause.stream().anyMatch(token -> token.is("PRIMARY"));
    }

    /** Whether a part with IF EXISTS or IF NOT EXISTS does anything; every other one does. */
    private static boolean applies(List<Token> clause, Set<String> names) {
        int at = indexOf(clause, token -> token.is("IF"), Math.min(3, clause.size()));
        if (at < 0) {
            return true;
        }
        boolean isNot = at + 1 < clause.size() && clause.get(at + 1).is("NOT");
        int name = at + (isNot ? 3 : 2);
        return name < clause.size() && names.contains(clause.get(name).name().toLowerCase(Locale.ROOT)) != isNot;
    }

    /** Columns that swap their names. */
    private static boolean isNewNameTaken(List<Token> clause, Set<String> names) {
        var renaming = renaming(clause);
        return renaming.isPresent()
                && !renaming.get().old().equalsIgnoreCase(renaming.get().now())
                && names.contains(renaming.get().now().toLowerCase(Locale.ROOT));
    }

    /** A column's name before and after. */
    record Renaming(String old, String now) {}

    private static Optional<Renaming> renaming(List<Token> clause) {
        if (clause.get(0).is("CHANGE")) {
            int at = skip(clause, 1, List.of("COLUMN", "IF", "EXISTS"));
            return at + 1 < clause.size()
                    ? Optional.of(new Renaming(
                            clause.get(at).name(), clause.get(at + 1).name()))
                    : Optional.empty();
        }
        if (clause.get(0).is("RENAME") && clause.size() > 3 && clause.get(1).is("COLUMN")) {
            int at = skip(clause, 2, List.of("IF", "EXISTS"));
            return at + 2 < clause.size()
                    ? Optional.of(new Renaming(
                            clause.get(at).name(), clause.get(at + 2).name()))
                    : Optional.empty();
        }
        return Optional.empty();
    }

    /** Returns which columns an ALTER TABLE that was rewritten gives another name. */
    static List<Renaming> renamings(String alterTable) {
        var tokens = DdlText.of(alterTable, new DdlText.Server(0, false)).tokens();
        if (tokens.size() < 3 || !tokens.get(0).is("ALTER")) {
            return List.of();
        }
        var named = named("", tokens, 2);
        return named.isEmpty()
                ? List.of()
                : clauses(tokens, named.get().next()).stream()
                        .flatMap(clause -> renaming(clause).stream())
                        .filter(renaming -> !renaming.old().equals(renaming.now()))
                        .toList();
    }

    private static void note(List<Token> clause, Set<String> names) {
        renaming(clause).ifPresent(renaming -> {
            names.remove(renaming.old().toLowerCase(Locale.ROOT));
            names.add(renaming.now().toLowerCase(Locale.ROOT));
        });
        if (clause.get(0).is("DROP") || clause.get(0).is("ADD")) {
            int at = skip(clause, 1, List.of("COLUMN", "IF", "NOT", "EXISTS"));
            if (at < clause.size()) {
                var name = clause.get(at).name().toLowerCase(Locale.ROOT);
                var unused = clause.get(0).is("DROP") ? names.remove(name) : names.add(name);
            }
        }
    }

    /** A column that only gets another name loses its type in the connector, unless it hears it again. */
    private String said(String text, List<Token> clause, TableId table) {
        return renaming(clause)
                .filter(renaming -> clause.get(0).is("RENAME"))
                .flatMap(renaming -> catalog.declaration(table, renaming.old())
                        .map(type ->
                                "CHANGE COLUMN " + quoted(renaming.old()) + " " + quoted(renaming.now()) + " " + type))
                .orElseGet(() -> withNull(text, clause));
    }

    /** Writes down that a column may be NULL which is not said not to, as the connector keeps what it was before. */
    private static String withNull(String text, List<Token> clause) {
        int begin = clause.get(0).start();
        int end = clause.get(clause.size() - 1).end();
        boolean definesAnew = clause.get(0).is("MODIFY") || clause.get(0).is("CHANGE");
        if (!definesAnew || saysNullOrNot(clause)) {
            return text.substring(begin, end);
        }
        int place = clause.size();
        if (clause.get(clause.size() - 1).is("FIRST")) {
            place = clause.size() - 1;
        } else if (clause.size() > 2 && clause.get(clause.size() - 2).is("AFTER")) {
            place = clause.size() - 2;
        }
        int cut = clause.get(place - 1).end();
        return text.substring(begin, cut) + " NULL" + text.substring(cut, end);
    }

    private static boolean saysNullOrNot(List<Token> clause) {
        int depth = 0;
        for (int i = 1; i < clause.size(); i++) {
            var token = clause.get(i);
            depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
            boolean isOther =
                    clause.get(i - 1).is("DEFAULT") || clause.get(i - 1).is("SET");
            if (depth == 0 && ((token.is("NULL") && !isOther) || token.is("PRIMARY") || token.is("SERIAL"))) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Named> named(String database, List<Token> tokens, int at) {
        if (at >= tokens.size() || !isName(tokens.get(at))) {
            return Optional.empty();
        }
        var first = tokens.get(at).name();
        if (at + 2 < tokens.size() && tokens.get(at + 1).is(".") && isName(tokens.get(at + 2))) {
            return Optional.of(new Named(new TableId(first, tokens.get(at + 2).name()), at + 3));
        }
        return Optional.of(new Named(new TableId(database == null ? "" : database, first), at + 1));
    }

    private static boolean isName(Token token) {
        char c = token.text().charAt(0);
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '`' || c == '"' || c > 127;
    }

    private static int skip(List<Token> tokens, int from, List<String> words) {
        int at = from;
        while (at < tokens.size() && tokens.get(at).isOneOf(words)) {
            // WAIT has a number behind it.
            at += tokens.get(at).is("WAIT") ? 2 : 1;
        }
        return at;
    }

    private static int indexOf(List<Token> tokens, Predicate<Token> wanted, int end) {
        for (int i = 0; i < end; i++) {
            if (wanted.test(tokens.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private static String dropOf(TableId table) {
        return "DROP TABLE " + quoted(table);
    }
}
