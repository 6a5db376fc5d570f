package io.gravity.source;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;

/**
 * Notices that the binlog no longer comes. The client ends without a word when the server closes the connection, and its
 * own keep-alive, switched off here, would connect again behind the connector's back and miscount the events of a
 * transaction. So a lost connection fails this reader, and another one resumes from its last offset.
 */
final class BinlogWatch implements BinaryLogClient.LifecycleListener, BinaryLogClient.EventListener {
    /** How often the server speaks on an idle connection. */
    static final Duration HEARTBEAT = Duration.ofSeconds(4);
    /** Five heartbeats: then the server hangs, or the network swallows what it sends. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(20);

    private final String server;
    private volatile String lost;
    private volatile Exception cause;
    private volatile boolean isUp;
    private volatile long heardNanos = System.nanoTime();

    private BinlogWatch(String server) {
        this.server = server;
    }

    static BinlogWatch on(BinaryLogClient client, String server) {
        var watch = new BinlogWatch(server);
        client.registerLifecycleListener(watch);
        client.registerEventListener(watch);
        return watch;
    }

    /** Silence counts from now on: to find a place in the binlog can take long. */
    void begin() {
        heardNanos = System.nanoTime();
    }

    /** Returns whether the server has sent something. */
    boolean isUp() {
        return isUp;
    }

    /** Throws if the connection is lost; to be asked when nothing waits to be read, as reading late is no silence. */
    void check() throws IOException {
        var reason = lost;
        if (reason == null && System.nanoTime() - heardNanos > SILENCE_LIMIT.toNanos()) {
            reason = "the server has been silent for " + SILENCE_LIMIT.toSeconds() + " s";
        }
        if (reason != null) {
            var error = new SocketException("binlog of " + server + ": " + reason);
            error.initCause(cause);
            throw error;
        }
    }

    @Override
    public void onEvent(Event event) {
        isUp = true;
        heardNanos = System.nanoTime();
    }

    @Override
    public void onConnect(BinaryLogClient client) {
        heardNanos = System.nanoTime();
    }

    @Override
    public void onCommunicationFailure(BinaryLogClient client, Exception error) {
        cause = error;
        lost = "the connection failed: " + error.getMessage();
    }

    @Override
    public void onEventDeserializationFailure(BinaryLogClient client, Exception error) {
        // The connector decides about events that can't be read.
    }

    @Override
    public void onDisconnect(BinaryLogClient client) {
        if (lost == null) {
            lost = "the server closed the connection";
        }
    }
}
