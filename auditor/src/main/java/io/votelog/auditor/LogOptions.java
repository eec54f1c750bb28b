package io.votelog.auditor;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where the log is. */
final class LogOptions {
    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Where where;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "settings of the Kafka client, such as TLS and SASL, as Kafka's own tools take them")
    private @Nullable Path commandConfig;

    private static final class Where {
        @Option(
                names = "--bootstrap-servers",
                paramLabel = "HOST:PORT",
                description = "brokers that hold the log, with commas between")
        private @Nullable String bootstrapServers;

        @Option(names = "--dump", paramLabel = "FOLDER", description = "a copy of the log, made by the command dump")
        private @Nullable Path dump;
    }

    /** @throws AuditException when there is no log */
    LogSource open() {
        if (where.dump != null) {
            return new DumpSource(where.dump);
        }
        if (where.bootstrapServers == null) {
            throw new AuditException("no log is named");
        }
        return new BrokerSource(where.bootstrapServers, clientProperties(commandConfig));
    }

    /**
     * The log at a place that is a dump's folder or a broker's address.
     *
     * @throws AuditException when it is neither
     */
    static LogSource open(String place, @Nullable Path commandConfig) {
        if (Files.isDirectory(Path.of(place))) {
            return new DumpSource(Path.of(place));
        }
        if (!place.contains(":")) {
            throw new AuditException("%s is no folder, and no address HOST:PORT".formatted(place));
        }
        return new BrokerSource(place, clientProperties(commandConfig));
    }

    private static Map<String, String> clientProperties(@Nullable Path file) {
        Map<String, String> settings = new TreeMap<>();
        if (file != null) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException e) {
                throw new AuditException("%s cannot be read: %s".formatted(file, e), e);
            }
            properties.forEach((key, value) -> settings.put(key.toString(), value.toString()));
        }
        return settings;
    }
}
