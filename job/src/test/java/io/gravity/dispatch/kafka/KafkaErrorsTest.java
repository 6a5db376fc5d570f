package io.gravity.dispatch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.error.ErrorCode;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaErrorsTest {

    static List<Object[]> errors() {
        return List.of(
                new Object[] {new TimeoutException("x"), ErrorCode.TARGET_UNREACHABLE, false},
                new Object[] {new NotEnoughReplicasException("x"), ErrorCode.TARGET_BUSY, false},
                new Object[] {new OutOfOrderSequenceException("x"), ErrorCode.TARGET_BUSY, true},
                new Object[] {new IllegalStateException("closed"), ErrorCode.TARGET_BUSY, true},
                new Object[] {new KafkaException(new OutOfOrderSequenceException("x")), ErrorCode.TARGET_BUSY, true},
                new Object[] {new RecordTooLargeException("x"), ErrorCode.VALUE_TOO_LONG, false},
                new Object[] {new TopicAuthorizationException("t"), ErrorCode.TARGET_MISCONFIGURED, false},
                new Object[] {new ClusterAuthorizationException("x"), ErrorCode.TARGET_MISCONFIGURED, true},
                new Object[] {new SaslAuthenticationException("x"), ErrorCode.TARGET_MISCONFIGURED, true},
                new Object[] {new InvalidTopicException("x"), ErrorCode.TARGET_MISCONFIGURED, false},
                new Object[] {
                    new KafkaException("x", new ConfigException("No resolvable bootstrap urls given")),
                    ErrorCode.TARGET_UNREACHABLE,
                    false
                },
                new Object[] {new ConfigException("linger.ms"), ErrorCode.TARGET_MISCONFIGURED, false},
                new Object[] {new KafkaException("Producer is closed forcefully."), ErrorCode.TARGET_BUSY, false});
    }

    @ParameterizedTest
    @MethodSource("errors")
    void sortsByTheFirstCauseItKnows(Exception error, ErrorCode expected, boolean ends) {
        assertThat(KafkaErrors.answer(error).code()).isEqualTo(expected);
        assertThat(KafkaErrors.endsProducer(error)).isEqualTo(ends);
    }
}
