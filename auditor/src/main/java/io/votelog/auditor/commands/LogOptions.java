// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.source.BrokerSource;
import io.votelog.auditor.source.DumpSource;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.RestoredSource;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that name the log. */
public final class LogOptions {
    @ArgGroup(multiplicity = "0..1")
    private @Nullable Where where;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "settings of the Kafka client, such as TLS and SASL, as Kafka's own tools take them")
    private @Nullable Path commandConfig;

    @Option(
            names = "--restored-from",
            paramLabel = "FOLDER",
            description =
                    "the dump that these brokers' log was restored from: a record that is the same in both has the time that the dump has")
    private @Nullable Path restoredFrom;

    private static final class Where {
        @Option(
                names = "--bootstrap-servers",
                paramLabel = "HOST:PORT",
                description = "brokers that hold the log, with commas between")
        private @Nullable String bootstrapServers;

        @Option(names = "--dump", paramLabel = "FOLDER", description = "a copy of the log, made by the command dump")
        private @Nullable Path dump;
    }

    /** Whether a log is named. */
    public boolean named() {
        return where != null;
    }

    /**
     * @throws AuditException when no log is named, or it cannot be opened
     */
    public LogSource open() {
        LogSource source = openIfNamed();
        if (source == null) {
            throw new AuditException("which log? --bootstrap-servers HOST:PORT or --dump FOLDER");
        }
        return source;
    }

    /** The log; null when none is named. */
    public @Nullable LogSource openIfNamed() {
        if (where == null) {
            return null;
        }
        if (where.dump != null) {
            if (restoredFrom != null) {
                throw new AuditException(
                        "--restored-from says what brokers' log was restored from, and goes with --bootstrap-servers");
            }
            return new DumpSource(where.dump);
        }
        BrokerSource brokers =
                new BrokerSource(Objects.requireNonNull(where.bootstrapServers), clientProperties(commandConfig));
        return restoredFrom == null ? brokers : new RestoredSource(brokers, new DumpSource(restoredFrom));
    }

    /**
     * The log in a dump's folder or at a broker's address.
     *
     * @throws AuditException when the place is neither
     */
    static LogSource open(String place, @Nullable Path commandConfig) {
        try {
            if (Files.isDirectory(Path.of(place))) {
                return new DumpSource(Path.of(place));
            }
        } catch (InvalidPathException notEvenAName) {
            // Some systems do not allow a colon in a file name, so the place is no folder.
        }
        if (!place.contains(":")) {
            throw new AuditException("%s is no folder, and no address HOST:PORT".formatted(place));
        }
        return new BrokerSource(place, clientProperties(commandConfig));
    }

    public static Map<String, String> clientProperties(@Nullable Path file) {
        Map<String, String> settings = new TreeMap<>();
        if (file != null) {
            Properties properties = new Properties();
            try {
                properties.load(new StringReader(InputFile.text(file, InputFile.SMALL)));
            } catch (IOException | IllegalArgumentException e) {
                throw new AuditException("%s holds no settings: %s".formatted(file, e.getMessage()), e);
            }
            properties.forEach((key, value) -> settings.put(key.toString(), value.toString()));
        }
        return settings;
    }
}
