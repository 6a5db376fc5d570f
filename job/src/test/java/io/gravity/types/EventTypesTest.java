package io.gravity.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class EventTypesTest {

    @Test
    void onlyRowKeysAreKeys() {
        assertThat(EventTypes.ROW_KEY.isKeyType()).isTrue();
        assertThat(EventTypes.CHANGE.isKeyType()).isFalse();
    }

    @Test
    void eachTaskGetsASerializerOfItsOwnAsItsCacheIsNotShared() {
        var config = new SerializerConfigImpl();
        var one = EventTypes.CHANGE.createSerializer(config);
        assertThat(one).isNotSameAs(EventTypes.CHANGE.createSerializer(config)).isNotSameAs(one.duplicate());
    }

    @Test
    void typesTravelWithTheGraph() throws Exception {
        assertThat(InstantiationUtil.clone(EventTypes.CHANGE)).isEqualTo(EventTypes.CHANGE);
        assertThat(InstantiationUtil.clone(EventTypes.ROW_KEY)).isEqualTo(EventTypes.ROW_KEY);
        assertThat(EventTypes.CHANGE).isNotEqualTo(EventTypes.ROW_KEY).hasToString("ChangeEvent");
    }

    @Test
    void rowKeysComeBackAndCopyWithTheSameHash() throws IOException {
        var key = RowKey.of(TableId.parse("shop.orders"), 1L, "\uD83D\uDE80", null);
        var out = new DataOutputSerializer(64);
        RowKeySerializer.INSTANCE.serialize(key, out);

        var copy = new DataOutputSerializer(64);
        RowKeySerializer.INSTANCE.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copy);
        var read = RowKeySerializer.INSTANCE.deserialize(new DataInputDeserializer(copy.getCopyOfBuffer()));

        assertThat(copy.getCopyOfBuffer()).isEqualTo(out.getCopyOfBuffer());
        assertThat(read).isEqualTo(key).hasSameHashCodeAs(key);
    }
}
