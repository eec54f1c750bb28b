// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.infra.chaos.faults.Struck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Several accounts in two tables, from the files that {@link Tables#json} fills. */
public final class Sum {
    private static final List<String> VOTES =
            List.of("votes meant", "acknowledged", "refused", "unknown", "outcome ACCEPTED");

    private final List<JsonNode> accounts;

    private Sum(List<JsonNode> accounts) {
        this.accounts = accounts;
    }

    /**
     * Reads them.
     *
     * @throws IOException where a file cannot be read or is no account; the message names it
     */
    public static Sum of(List<Path> files) throws IOException {
        List<JsonNode> accounts = new ArrayList<>();
        for (Path file : files) {
            JsonNode account;
            try {
                account = new JsonMapper().readTree(Files.readAllBytes(file));
            } catch (NoSuchFileException e) {
                throw new IOException("there is no file " + file, e);
            } catch (JacksonException e) {
                throw new IOException("%s is not JSON: %s".formatted(file, e.getOriginalMessage()), e);
            }
            if (!account.path("struck").isArray() || !account.path("laws").isObject()) {
                throw new IOException("%s is no account: it has no faults that struck, or no laws".formatted(file));
            }
            accounts.add(account);
        }
        return new Sum(accounts);
    }

    /** Both tables, in Markdown: times to recover by kind of fault, and votes by seed. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("| fault | struck | recovered | half of them within | 99 of 100 within |\n|---|---|---|---|---|\n");
        Tables.Row.of(struck())
                .forEach(row -> text.append("| `%s` | %d | %d | %s | %s |\n"
                        .formatted(row.fault(), row.times(), row.recovered(), seconds(row.p50()), seconds(row.p99()))));
        text.append("\n| seed | votes meant | acknowledged | refused | unknown | accepted | what offends a law |\n"
                + "|---|---|---|---|---|---|---|\n");
        for (JsonNode account : accounts) {
            text.append("| %d".formatted(account.path("seed").asLong()));
            VOTES.forEach(figure -> text.append(" | ")
                    .append(number(account.path("votes").path(figure).asLong())));
            text.append(" | ").append(number(offences(account))).append(" |\n");
        }
        return text.toString();
    }

    private List<Struck> struck() {
        List<Struck> all = new ArrayList<>();
        for (JsonNode account : accounts) {
            for (JsonNode each : account.path("struck")) {
                double seconds = each.path("recoveredSeconds").asDouble();
                all.add(new Struck(
                        each.path("fault").asString(),
                        each.path("whom").asString(),
                        each.path("atSeconds").asDouble(),
                        seconds == Tables.NOT_RECOVERED ? OptionalDouble.empty() : OptionalDouble.of(seconds),
                        each.path("trouble").asString()));
            }
        }
        return all;
    }

    private static long offences(JsonNode account) {
        return StreamSupport.stream(account.path("laws").spliterator(), false)
                .mapToLong(JsonNode::size)
                .sum();
    }

    private static String seconds(double seconds) {
        return Double.isNaN(seconds) ? "" : String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
