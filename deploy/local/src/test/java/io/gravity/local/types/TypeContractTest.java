package io.gravity.local.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TypeContractTest {

    @Test
    void isTheTableOfTheReadme() throws Exception {
        var readme = Files.readString(root().resolve("README.md"));
        var table = readme.substring(readme.indexOf("<!-- types -->"), readme.indexOf("<!-- end of types -->"));
        assertThat(table.lines().skip(3).toList())
                .containsExactlyElementsOf(
                        Arrays.stream(Form.values()).map(Form::line).toList());
    }

    @Test
    void hasColumnsOfEveryForm() {
        assertThat(TypeContract.columns().stream()
                        .map(TypeContract.Column::form)
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(Form.values());
    }

    private static Path root() {
        var at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("deploy/gravity"))) {
            at = at.getParent();
        }
        return at;
    }
}
