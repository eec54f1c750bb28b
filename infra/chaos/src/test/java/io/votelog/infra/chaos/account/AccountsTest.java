// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of the README are those that the published accounts come to. */
final class AccountsTest {
    private static final Path README = Path.of("README.md");
    private static final Path ACCOUNTS = Path.of("accounts");
    private static final String BEGIN = "<!-- accounts: made by AccountsTest -->\n";
    private static final String END = "<!-- end of accounts -->\n";

    @Test
    void shouldBeInTheReadme() throws IOException {
        String readme = Files.readString(README);
        int begin = readme.indexOf(BEGIN) + BEGIN.length();
        int end = readme.indexOf(END);
        assertThat(readme).contains(BEGIN, END);
        String tables = "\n" + Sum.of(accounts()).markdown() + "\n";
        if (Boolean.getBoolean("votelog.write-tables")) {
            Files.writeString(README, readme.substring(0, begin) + tables + readme.substring(end));
        } else {
            assertThat(readme.substring(begin, end))
                    .as("written anew with -Dvotelog.write-tables=true")
                    .isEqualTo(tables);
        }
    }

    private static List<Path> accounts() throws IOException {
        try (Stream<Path> files = Files.list(ACCOUNTS)) {
            return files.sorted(Comparator.comparingLong(AccountsTest::seed)).toList();
        }
    }

    /** Of {@code seed-7.json}, 7. */
    private static long seed(Path account) {
        return Long.parseLong(account.getFileName().toString().replaceAll("\\D", ""));
    }
}
