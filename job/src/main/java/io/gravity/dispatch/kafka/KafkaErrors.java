package io.gravity.dispatch.kafka;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Sorts what the Kafka client reports into what the dispatcher should do about it. */
final class KafkaErrors {
    private static final int MAX_VALUE_LENGTH = 64;
    private static final int MAX_MESSAGE_LENGTH = 512;

    /** An answer to an error: its code and what will help. */
    record Answer(ErrorCode code, String remedy) {}

    private static final Answer UNREACHABLE = new Answer(
            ErrorCode.TARGET_UNREACHABLE, "Check that the brokers run and can be reached; sending is retried.");
    private static final Answer BUSY =
            new Answer(ErrorCode.TARGET_BUSY, "It should pass by itself; sending is retried.");
    private static final Answer PRODUCER_LOST =
            new Answer(ErrorCode.TARGET_BUSY, "A new producer sends the batch again; nothing needs to be done.");
    private static final Answer TOO_LARGE = new Answer(
            ErrorCode.TARGET_REFUSED_ROW,
            "Raise the topic's max.message.bytes (and the target's max.request.size) above the size of the record.");
    private static final Answer INVALID = new Answer(
            ErrorCode.TARGET_REFUSED_ROW, "Check what the topic asks of its records (compaction needs a key).");
    private static final Answer NOT_ALLOWED = new Answer(
            ErrorCode.TARGET_MISCONFIGURED,
            "Grant the target's user DESCRIBE and WRITE on the topic (and CREATE, or create the topic beforehand).");
    private static final Answer WRONG_LOGIN = new Answer(
            ErrorCode.TARGET_MISCONFIGURED, "Correct security.protocol, sasl.* and ssl.* in the target's properties.");
    private static final Answer WRONG_TOPIC =
            new Answer(ErrorCode.TARGET_MISCONFIGURED, "Create the topic by hand, or change the target's topic.");
    private static final Answer WRONG_PROPERTIES =
            new Answer(ErrorCode.TARGET_MISCONFIGURED, "Correct the target's properties.");
    private static final Answer TOO_OLD =
            new Answer(ErrorCode.TARGET_MISCONFIGURED, "Use brokers of Kafka 2.4 or later.");

    private KafkaErrors() {}

    /**
     * Returns the exception to throw.
     *
     * @param doing what was being done, e.g. {@code send to topic shop.orders}
     * @param row the row concerned; {@code null} if none
     */
    static GravityException triaged(Throwable error, String target, String doing, ChangeEvent row) {
        var answer = answer(error);
        return new GravityException(
                answer.code(),
                "target " + target + ": " + doing + (row == null ? "" : " (" + row.target() + ", key " + key(row) + ")")
                        + " failed: " + unfolded(error) + ". " + answer.remedy(),
                error);
    }

    /** Returns what to do about the first error of the chain of causes that is understood. */
    static Answer answer(Throwable error) {
        for (var link : chain(error)) {
            var answer = understood(link);
            if (answer != null) {
                return answer;
            }
        }
        return BUSY;
    }

    /** Returns whether the producer can't be used any more after this error. */
    static boolean endsProducer(Throwable error) {
        // A login or cluster permission that failed once stays failed in an idempotent producer.
        return chain(error).stream()
                .anyMatch(link -> isFatal(link)
                        || link instanceof AuthenticationException
                        || link instanceof ClusterAuthorizationException);
    }

    private static boolean isFatal(Throwable error) {
        return error instanceof ProducerFencedException
                || error instanceof OutOfOrderSequenceException
                || error instanceof UnknownProducerIdException
                || error instanceof InvalidProducerEpochException
                || error instanceof InvalidPidMappingException
                || error instanceof IllegalStateException;
    }

    private static Answer understood(Throwable error) {
        if (isFatal(error)) {
            return PRODUCER_LOST;
        }
        if (error instanceof RecordTooLargeException || error instanceof RecordBatchTooLargeException) {
            return TOO_LARGE;
        }
        if (error instanceof InvalidRecordException) {
            return INVALID;
        }
        if (error instanceof AuthorizationException) {
            return NOT_ALLOWED;
        }
        if (error instanceof AuthenticationException) {
            return WRONG_LOGIN;
        }
        if (error instanceof InvalidTopicException
                || error instanceof PolicyViolationException
                || error instanceof InvalidReplicationFactorException) {
            return WRONG_TOPIC;
        }
        if (error instanceof UnsupportedVersionException) {
            return TOO_OLD;
        }
        if (error instanceof ConfigException) {
            // A name that does not resolve now may do so later.
            return String.valueOf(error.getMessage()).contains("resolvable") ? UNREACHABLE : WRONG_PROPERTIES;
        }
        if (error instanceof NotEnoughReplicasException
                || error instanceof NotEnoughReplicasAfterAppendException
                || error instanceof ThrottlingQuotaExceededException) {
            return BUSY;
        }
        return error instanceof RetriableException ? UNREACHABLE : null;
    }

    /** Returns the key's columns and values, each value cut to a length that suits a log. */
    static String key(ChangeEvent event) {
        var schema = event.schema();
        var values = schema.keyOf(event.image());
        var text = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            var value = values[i] instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(values[i]);
            text.append(i == 0 ? "" : ", ")
                    .append(schema.column(schema.keyColumn(i)).name())
                    .append('=')
                    .append(cut(value, MAX_VALUE_LENGTH));
        }
        return text.toString();
    }

    private static String unfolded(Throwable error) {
        var texts = new LinkedHashSet<String>();
        for (var link : chain(error)) {
            boolean ours = link instanceof ApiException || link instanceof KafkaException || link.getCause() == null;
            if (ours && texts.size() < 4) {
                texts.add(link.getClass().getSimpleName() + ": "
                        + cut(String.valueOf(link.getMessage()), MAX_MESSAGE_LENGTH));
            }
        }
        return String.join("; ", texts);
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "...";
    }

    private static List<Throwable> chain(Throwable error) {
        var chain = new ArrayList<Throwable>();
        for (var link = error; link != null && chain.size() < 16; link = link.getCause()) {
            chain.add(link);
        }
        return chain;
    }
}
