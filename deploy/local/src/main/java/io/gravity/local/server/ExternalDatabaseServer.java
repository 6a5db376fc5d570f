package io.gravity.local.server;

import java.net.URI;
import java.util.Optional;

/** A server that somebody else runs, named by system properties; it can't be killed or paused. */
record ExternalDatabaseServer(
        String name, URI address, String user, String password, String adminUser, String adminPassword)
        implements DatabaseServer {
    private static final int DEFAULT_PORT = 3306;

    /** The server for that name, if {@code gravity.test.mysql[.NAME].url} is set. */
    static Optional<DatabaseServer> find(String name) {
        return property(name, "url").map(url -> {
            String user = property(name, "user").orElse("gravity");
            String password = property(name, "password").orElse("");
            return new ExternalDatabaseServer(
                    name,
                    URI.create(url.replaceFirst("^jdbc:", "")),
                    user,
                    password,
                    property(name, "admin.user").orElse(user),
                    property(name, "admin.password").orElse(password));
        });
    }

    private static Optional<String> property(String name, String key) {
        return Optional.ofNullable(System.getProperty("gravity.test.mysql." + name + "." + key))
                .or(() -> Optional.ofNullable(System.getProperty("gravity.test.mysql." + key)));
    }

    @Override
    public String host() {
        return address.getHost();
    }

    @Override
    public int port() {
        return address.getPort() < 0 ? DEFAULT_PORT : address.getPort();
    }

    @Override
    public String jdbcUrl(String database) {
        String settings = Optional.ofNullable(address.getRawQuery()).orElse("allowPublicKeyRetrieval=true");
        return "jdbc:mysql://" + host() + ":" + port() + "/" + database + "?" + settings;
    }

    @Override
    public void kill() {
        throw notOurs("killed");
    }

    @Override
    public void restart() {
        throw notOurs("restarted");
    }

    @Override
    public void pause() {
        throw notOurs("paused");
    }

    @Override
    public void resume() {
        throw notOurs("resumed");
    }

    @Override
    public boolean isAlive() {
        return ServerProcess.accepts(host(), port());
    }

    @Override
    public void close() {}

    private UnsupportedOperationException notOurs(String verb) {
        return new UnsupportedOperationException("The external server " + host() + ":" + port() + " can't be " + verb
                + " from here; run without gravity.test.mysql.url for tests that do so");
    }
}
