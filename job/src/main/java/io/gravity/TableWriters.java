package io.gravity;

import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.source.SourceConfig;
import io.gravity.transform.TableMapper;
import io.gravity.transform.TableMapping;
import io.gravity.types.SharedTables;
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
