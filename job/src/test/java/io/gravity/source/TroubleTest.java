package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shyiko.mysql.binlog.event.deserialization.EventDataDeserializationException;
import com.github.shyiko.mysql.binlog.network.AuthenticationException;
import com.github.shyiko.mysql.binlog.network.ServerException;
import io.debezium.DebeziumException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The errors, as servers and the connector word and wrap them. */
class TroubleTest {

    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(Trouble.UNREACHABLE, new ConnectException("Connection refused")),
                Arguments.of(Trouble.UNREACHABLE, new EOFException("Failed to read next byte from position 4")),
                Arguments.of(Trouble.UNREACHABLE, new SocketTimeoutException("Read timed out")),
                Arguments.of(Trouble.UNREACHABLE, new TimeoutException("BinaryLogClient was unable to connect")),
                Arguments.of(Trouble.UNREACHABLE, new SQLException("Communications link failure", "08S01", 0)),
                Arguments.of(Trouble.UNREACHABLE, new SQLException("Too many connections", "08004", 1040)),
                Arguments.of(Trouble.UNREACHABLE, new ServerException("Server shutdown in progress", 1053, "08S01")),
                Arguments.of(
                        Trouble.UNREACHABLE,
                        new ServerException(
                                "A slave with the same server_uuid/server_id as this slave has connected to the master",
                                1236,
                                "HY000")),
                Arguments.of(
                        Trouble.UNREACHABLE,
                        new EventDataDeserializationException(null, new EOFException("the connection ended"))),
                Arguments.of(Trouble.REFUSED, new SQLException("Access denied for user", "28000", 1045)),
                Arguments.of(Trouble.REFUSED, new SQLSyntaxErrorException("SELECT command denied", "42000", 1142)),
                Arguments.of(Trouble.REFUSED, new AuthenticationException("Access denied", 1045, "28000")),
                Arguments.of(Trouble.REFUSED, new ServerException("you need REPLICATION SLAVE", 1227, "42000")),
                Arguments.of(
                        Trouble.BINLOG_LOST,
                        new ServerException("Could not find first log file name in binary log index file", 1236, "")),
                Arguments.of(
                        Trouble.BINLOG_LOST,
                        new ServerException(
                                "Cannot replicate because the master purged required binary logs.", 1236, "HY000")),
                Arguments.of(
                        Trouble.BINLOG_LOST,
                        new IllegalStateException("The connector is trying to read binlog starting at x, but this is no"
                                + " longer available on the server. Reconfigure the connector")),
                Arguments.of(Trouble.UNEXPECTED, new NullPointerException()),
                Arguments.of(Trouble.UNEXPECTED, new DebeziumException("schema isn't known to this connector")),
                Arguments.of(
                        Trouble.UNEXPECTED,
                        new EventDataDeserializationException(null, new IllegalArgumentException("broken"))),
                Arguments.of(Trouble.UNEXPECTED, new OutOfMemoryError()));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void isToldByTheCausesHoweverWrapped(Trouble expected, Throwable error) {
        assertThat(Trouble.of(error)).isEqualTo(expected);
        assertThat(Trouble.of(new RuntimeException("split x", new DebeziumException("wrapped", error))))
                .isEqualTo(expected);
    }

    @Test
    void aLossIsToldEvenIfItComesAsALostConnection() {
        var lost = new IOException("the connection failed", new ServerException("no such file", 1236, "HY000"));
        assertThat(Trouble.of(lost)).isEqualTo(Trouble.BINLOG_LOST);
    }
}
