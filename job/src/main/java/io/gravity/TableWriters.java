package io.gravity;

import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.source.SourceConfig;
import io.gravity.transform.SingleTables;
import io.gravity.transform.TableMapper;
import io.gravity.transform.TableMapping;
import io.gravity.types.SharedTables;
import io.gravity.types.TableNaming;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows from the configuration how many sources can write a target table. When in doubt it says several: that costs a
 * little waiting, the opposite would cost order.
 */
final class TableWriters implements SharedTables {
    private static final long serialVersionUID = 1L;

    private final ArrayList<Writer> writers = new ArrayList<>();
    private transient Map<TableId, Boolean> known;

    private record Writer(List<TablePattern> tables, List<String> mappedTargets, TableMapper mapper)
            implements java.io.Serializable {

        boolean canWrite(TableId target) {
            return mapsTo(target) || writesUnmapped(target);
        }

        /** A mapping with a template can lead anywhere; a fixed one leads to its name alone. */
        boolean mapsTo(TableId target) {
            return mappedTargets.stream().anyMatch(name -> name.contains("${") || name.equals(target.toString()));
        }

        boolean writesUnmapped(TableId target) {
            return tables.stream().anyMatch(pattern -> pattern.matches(target))
                    && mapper.target(target).equals(target);
        }
    }

    TableWriters(List<SourceConfig> sources, List<TableMapping> mappings) {
        for (var source : sources) {
            var mappedTargets = mappings.stream()
                    .filter(mapping ->
                            mapping.source() == null || mapping.source().equals(source.name()))
                    .map(TableMapping::target)
                    .toList();
            writers.add(new Writer(source.tables(), mappedTargets, new TableMapper(source.name(), mappings)));
        }
    }

    /** Tells of the tables of one source whether they are alone in their target tables, as far as that source goes. */
    static SingleTables alone(SourceConfig source, List<TableMapping> mappings) {
        var own = new ArrayList<>(mappings.stream()
                .filter(mapping -> mapping.source() == null || mapping.source().equals(source.name()))
                .toList());
        var writer = new Writer(source.tables(), List.of(), new TableMapper(source.name(), mappings));
        return (table, target) -> {
            boolean isMapped = !table.equals(target);
            if (isMapped && writer.writesUnmapped(target)) {
                return false;
            }
            var leading = own.stream()
                    .filter(mapping ->
                            mapping.target().contains("${") || mapping.target().equals(target.toString()))
                    .toList();
            return isMapped ? leading.size() == 1 && keepsApart(leading.get(0).naming()) : leading.isEmpty();
        };
    }

    private static boolean keepsApart(TableNaming naming) {
        boolean isOneTable = naming.match() == null
                && naming.tables().size() == 1
                && naming.tables().get(0).isExact()
                && naming.tables().get(0).text().contains(".");
        return isOneTable
                || (naming.target().contains("${database}") && naming.target().contains("${table}"));
    }

    /** Tells which target tables more than one table can write, of one source or of several; any by a mapping. */
    SharedTables byTable() {
        return target -> test(target) || writers.stream().anyMatch(writer -> writer.mapsTo(target));
    }

    @Override
    public boolean test(TableId target) {
        if (known == null) {
            known = new HashMap<>();
        }
        return known.computeIfAbsent(
                target,
                table -> writers.stream()
                                .filter(writer -> writer.canWrite(table))
                                .count()
                        > 1);
    }
}
