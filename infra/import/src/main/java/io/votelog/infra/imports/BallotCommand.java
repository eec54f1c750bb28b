// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import io.votelog.infra.imports.pabulib.OptionIds;
import io.votelog.infra.imports.pabulib.PabulibBallot;
import io.votelog.infra.imports.pabulib.PabulibFile;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** {@code infra/import/run ballot}. */
@Command(
        name = "ballot",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes the ballot of a file: one section with an option for each project, and the bounds of min_length and max_length."
                    + " It is a ballot file as any other, to be looked at, changed, and published."
        })
final class BallotCommand implements Callable<Integer> {
    private static final Duration OPEN_FOR = Duration.ofDays(7);
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .disable(YAMLWriteFeature.SPLIT_LINES)
            .build();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Mixin
    private FileOption file = new FileOption();

    @Option(
            names = "--opens",
            paramLabel = "TIME",
            description = "when it opens, such as 2026-12-05T08:00:00+08:00 (default: at the full minute)")
    private @Nullable String opens;

    @Option(names = "--closes", paramLabel = "TIME", description = "when it closes (default: seven days later)")
    private @Nullable String closes;

    @Option(names = "--out", paramLabel = "FILE", description = "where it goes: a new file (default: standard output)")
    private @Nullable Path out;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        PabulibFile vote = file.read();
        Instant opensAt = opens == null ? Instant.now().truncatedTo(ChronoUnit.MINUTES) : time("--opens", opens);
        Instant closesAt = closes == null ? opensAt.plus(OPEN_FOR) : time("--closes", closes);
        String id = file.ballotId();
        byte[] yaml = yaml(vote, id, opensAt, closesAt);
        if (out == null) {
            PrintWriter to = spec.commandLine().getOut();
            to.print(new String(yaml, StandardCharsets.UTF_8));
            to.flush();
        } else {
            write(yaml, out);
        }
        vote.notes().forEach(note -> err.println("note: " + note));
        err.printf(
                "ballot %s: %d options, %d to %d picks; the file has %d votes%n",
                id,
                vote.projects().size(),
                vote.minPicks(),
                vote.maxPicks(),
                vote.votes().size());
        return Import.SAME;
    }

    private byte[] yaml(PabulibFile vote, String id, Instant opensAt, Instant closesAt) {
        Map<String, Object> ballot = PabulibBallot.of(vote, id, opensAt, closesAt);
        StringBuilder text = new StringBuilder("# The ballot of ")
                .append(comment(file.file().getFileName().toString()))
                .append(", made by infra/import/run ballot.\n");
        Map<String, String> changed = new OptionIds(vote.projects()).changed();
        if (!changed.isEmpty()) {
            text.append("# These projects have ids that no option can have; beside each stands its option's:\n");
            changed.forEach((project, option) -> text.append("#   ")
                    .append(comment(project))
                    .append("  ")
                    .append(option)
                    .append('\n'));
        }
        text.append(YAML.writeValueAsString(ballot));
        byte[] yaml = text.toString().getBytes(StandardCharsets.UTF_8);
        if (BallotFile.YAML.read(yaml) instanceof Ballot.Definition.Faulty faulty) {
            throw new ImportException("the ballot of %s could not be published: %s"
                    .formatted(file.file(), faulty.faults().get(0)));
        }
        return yaml;
    }

    private static String comment(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029\\uFEFF]", "?");
    }

    private static void write(byte[] yaml, Path to) {
        try {
            Files.write(to, yaml, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new ImportException("%s is there already; --out is a new file".formatted(to));
        } catch (IOException e) {
            throw new ImportException("%s cannot be written: %s".formatted(to, e));
        }
    }

    private static Instant time(String option, String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new ImportException("%s is '%s'; a time with its offset is needed, such as 2026-12-05T08:00:00+08:00"
                    .formatted(option, text));
        }
    }
}
