package io.gravity.source;

import org.apache.flink.api.connector.source.SourceEvent;

/** Tells the workers of a source that all rows of its first copy have passed through the job. */
record HistoryComplete() implements SourceEvent {
    private static final long serialVersionUID = 1L;
}
