package io.gravity.source;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.fetcher.SplitFetcher;
import org.apache.flink.connector.base.source.reader.fetcher.SplitFetcherManager;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;

/** Gives the binlog a thread of its own beside the one that reads chunks, so that changes flow during the snapshot. */
final class TwoReaders extends SplitFetcherManager<SourceRecords, ChangeSplit> {
    private SplitFetcher<SourceRecords, ChangeSplit> binlog;
    private SplitFetcher<SourceRecords, ChangeSplit> chunks;

    TwoReaders(Supplier<SplitReader<SourceRecords, ChangeSplit>> readers, Configuration config) {
        super(readers, config);
    }

    @Override
    public void addSplits(List<ChangeSplit> splits) {
        binlog = add(binlog, filter(splits, ChangeSplit::isBinlog));
        chunks = add(chunks, filter(splits, split -> !split.isBinlog()));
    }

    private SplitFetcher<SourceRecords, ChangeSplit> add(
            SplitFetcher<SourceRecords, ChangeSplit> fetcher, List<ChangeSplit> splits) {
        if (splits.isEmpty()) {
            return fetcher;
        }
        // A fetcher that ran out of splits has been shut down and forgotten by the base class.
        if (fetcher != null && fetchers.containsValue(fetcher)) {
            fetcher.addSplits(splits);
            return fetcher;
        }
        var fresh = createSplitFetcher();
        fresh.addSplits(splits);
        startFetcher(fresh);
        return fresh;
    }

    private static List<ChangeSplit> filter(List<ChangeSplit> splits, Predicate<ChangeSplit> which) {
        return splits.stream().filter(which).toList();
    }

    @Override
    public void removeSplits(List<ChangeSplit> splits) {
        throw new UnsupportedOperationException("splits of a MySQL source are not removed while it runs");
    }
}
