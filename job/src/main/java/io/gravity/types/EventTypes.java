package io.gravity.types;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** The types of the job's streams. */
public final class EventTypes {
    public static final TypeInformation<ChangeEvent> CHANGE =
            new StreamType<>(ChangeEvent.class, new ChangeEventSerializer(), false);
    public static final TypeInformation<RowKey> ROW_KEY =
            new StreamType<>(RowKey.class, RowKeySerializer.INSTANCE, true);

    private EventTypes() {}
}
