package io.gravity.dispatch.kafka;

import io.gravity.dispatch.TargetErrors;
import io.gravity.dispatch.TargetErrors.Answer;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
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
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Sorts what the Kafka client reports into what the dispatcher should do about it. */
final class KafkaErrors {
    private static final Answer UNREACHABLE = new Answer(
            ErrorCode.TARGET_UNREACHABLE, "Check that the brokers run and can be reached; sending is retried.");
    private static final Answer BUSY =
            new Answer(ErrorCode.TARGET_BUSY, "It should pass by itself; sending is retried.");
    private static final Answer PRODUCER_LOST =
            new Answer(ErrorCode.TARGET_BUSY, "A new producer sends the batch again; nothing needs to be done.");
    private static final Answer TOO_LARGE = new Answer(
            ErrorCode.VALUE_TOO_LONG,
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
    private static final Answer NO_TRANSACTIONS = new Answer(
            ErrorCode.TARGET_MISCONFIGURED,
            "For consistency strong, grant the target's user DESCRIBE and WRITE on transactional ids and READ on groups"
                    + " that begin with gravity-, and DESCRIBE, READ and CREATE on the topic gravity-ledger.");
    private static final Answer TOO_OLD =
            new Answer(ErrorCode.TARGET_MISCONFIGURED, "Use brokers of Kafka 2.4 or later.");

    private KafkaErrors() {}

    /**
     * Returns the exception to throw.
     *
     * @param doing what was being done, e.g. {@code send shop.orders to topic orders}
     * @param row the row concerned; {@code null} if none
     */
    static GravityException triaged(Throwable error, String target, String doing, ChangeEvent row) {
        return TargetErrors.failure(
                answer(error), target, doing, row == null ? List.of() : List.of(row), unfolded(error), error);
    }

    /** Returns what to do about the first error of the chain of causes that is understood. */
    static Answer answer(Throwable error) {
        for (var link : TargetErrors.chain(error)) {
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
        return TargetErrors.chain(error).stream()
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
        if (error instanceof TransactionalIdAuthorizationException || error instanceof GroupAuthorizationException) {
            return NO_TRANSACTIONS;
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

    private static String unfolded(Throwable error) {
        var texts = new LinkedHashSet<String>();
        for (var link : TargetErrors.chain(error)) {
            boolean ours = link instanceof ApiException || link instanceof KafkaException || link.getCause() == null;
            if (ours && texts.size() < 4) {
                texts.add(link.getClass().getSimpleName() + ": "
                        + TargetErrors.limited(String.valueOf(link.getMessage())));
            }
        }
        return String.join("; ", texts);
    }
}
