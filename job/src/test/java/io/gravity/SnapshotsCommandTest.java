package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the console says of arguments that are wrong; what it does is shown with a running job. */
class SnapshotsCommandTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                        | found \"\", expected resnapshot or snapshots",
                "resnapshot                                | resnapshot needs a configuration file, e.g. conf/orders.yaml",
                "resnapshot x.yaml --table a.b             | resnapshot needs the address of a cluster: --flink http://HOST:PORT",
                "resnapshot x.yaml --flink h:1             | --table: found \"\", expected database.table at the source, e.g. shop.orders",
                "resnapshot x.yaml --flink h:1 --table b   | --table: found \"b\", expected database.table at the source, e.g. shop.orders",
                "resnapshot x.yaml --flink h:1 --all       | resnapshot: unknown argument \"--all\"",
                "snapshots x.yaml --flink h:1 --table a.b  | snapshots only shows; resnapshot copies",
                "snapshots x.yaml --flink                  | --flink needs a value",
            })
    void refusesArguments(String args, String message) {
        var err = new ByteArrayOutputStream();
        var list = args.isEmpty() ? List.<String>of() : List.of(args.split(" "));
        int status = SnapshotsCommand.run(
                list, name -> null, System.out, new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(status).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).first().isEqualTo(message);
    }
}
