package io.gravity.dispatch.kafka;

import io.gravity.dispatch.UnfitRule;
import io.gravity.event.ChangeEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The fields of {@link GravityJson} in Avro's single-object encoding: the bytes C3 01, the schema's fingerprint
 * (CRC-64-AVRO, least significant byte first), the value. The schema itself is in the header {@code avro.schema} of each
 * record, as there is no registry and a reader may begin anywhere.
 */
final class AvroFormat implements RecordFormat {
    static final String SCHEMA_HEADER = "avro.schema";

    private final PerTable<Prepared> tables;

    AvroFormat(UnfitRule unfit) {
        this.tables = new PerTable<>((table, schema) -> Prepared.of(new AvroTable(table, schema, unfit)));
    }

    private record Prepared(AvroTable table, List<Header> headers) {

        static Prepared of(AvroTable table) {
            return new Prepared(table, List.of(new RecordHeader(SCHEMA_HEADER, table.schemaText())));
        }
    }

    @Override
    public void write(ChangeEvent event, OutputStream out) throws IOException {
        var table = tables.of(event).table();
        out.write(table.prefix());
        var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        encoder.writeString(GravityJson.op(event));
        encoder.writeString(event.source());
        encoder.writeString(event.table().database());
        encoder.writeString(event.table().name());
        encoder.writeString(event.target().toString());
        encoder.writeLong(event.eventTimeMicros());
        encoder.writeLong(event.captureTimeMicros());
        encoder.writeString(event.position().toString());
        encoder.writeLong(event.version());
        encoder.writeBoolean(event.late());
        table.row(encoder, event.before());
        table.row(encoder, event.after());
        encoder.flush();
    }

    @Override
    public List<Header> headers(ChangeEvent event) {
        return tables.of(event).headers();
    }

    @Override
    public boolean hasTombstones() {
        return true;
    }
}
