// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system.secure;

import io.votelog.infra.broker.BrokerSecurity;
import io.votelog.infra.broker.Credentials;
import io.votelog.schemas.cluster.Role;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The users of a secured Kafka. Each has a file of client settings, as Kafka's own tools and the auditor take them
 * ({@code --command-config}); its password is drawn when there is no such file.
 */
final class KafkaUsers {
    private static final String SETTINGS = ".properties";
    private static final String BROKERS = "brokers";
    private static final String ADMINISTRATOR = "administrator";
    private static final int NAME_LENGTH = 6;
    private static final Pattern LOGIN = Pattern.compile("username=\"([^\"]*)\" password=\"([^\"]*)\"");

    private final Path folder;
    private final Path authority;
    private final Map<String, Credentials> byName = new ConcurrentHashMap<>();

    private KafkaUsers(Path folder, Path authority) {
        this.folder = folder;
        this.authority = authority;
    }

    /**
     * Those of this folder; the files that are missing are made.
     *
     * @param authority the certificate of whoever issued the brokers', which the files name
     * @throws IOException where a file holds no user and password
     */
    static KafkaUsers in(Path folder, Path authority) throws IOException {
        OwnerFiles.folder(folder);
        KafkaUsers users = new KafkaUsers(folder, authority);
        users.readOrMake(BROKERS);
        users.readOrMake(ADMINISTRATOR);
        for (Role role : Role.values()) {
            users.readOrMake(role.userName());
        }
        return users;
    }

    /** The files of those whose passwords brokers learn when their storage is made. */
    static List<Path> knownFromTheBeginning(Path folder) {
        return Stream.of(BROKERS, ADMINISTRATOR)
                .map(name -> folder.resolve(name + SETTINGS))
                .toList();
    }

    private void readOrMake(String name) throws IOException {
        Path file = file(name);
        // Written anew each time: the folder may have been moved.
        write(name, Files.exists(file) ? read(file) : new Credentials(name, OwnerFiles.drawn()));
    }

    /** Has the part log in as another user from its next start on: of another name, since both may be needed for a while. */
    Credentials replace(Role role) throws IOException {
        Credentials next = new Credentials(
                role.userName() + "-" + OwnerFiles.drawn().substring(0, NAME_LENGTH), OwnerFiles.drawn());
        write(role.userName(), next);
        return next;
    }

    private void write(String name, Credentials user) throws IOException {
        byName.put(name, user);
        StringBuilder text = new StringBuilder();
        BrokerSecurity.clientSettings(authority, user)
                .forEach((key, value) ->
                        text.append(key).append('=').append(value).append('\n'));
        OwnerFiles.write(file(name), text.toString());
    }

    private Path file(String name) {
        return folder.resolve(name + SETTINGS);
    }

    private static Credentials read(Path file) throws IOException {
        Properties settings = new Properties();
        settings.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
        Matcher login = LOGIN.matcher(settings.getProperty("sasl.jaas.config", ""));
        if (!login.find()) {
            throw new IOException("%s is damaged: its sasl.jaas.config has no username and password".formatted(file));
        }
        try {
            return new Credentials(login.group(1), login.group(2));
        } catch (IllegalArgumentException e) {
            throw new IOException("%s is damaged: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Whom the brokers log in as to one another. */
    Credentials brokers() {
        return user(BROKERS);
    }

    /** Who may do everything. */
    Credentials administrator() {
        return user(ADMINISTRATOR);
    }

    /** Whom a part logs in as. */
    Credentials of(Role role) {
        return user(role.userName());
    }

    private Credentials user(String name) {
        Credentials user = byName.get(name);
        if (user == null) {
            throw new IllegalStateException("there is no user " + name);
        }
        return user;
    }

    /** The part's file of client settings. */
    Path settingsFile(Role role) {
        return file(role.userName());
    }
}
