// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;

/** A jar by which a child gets an agent: it names the agent's class and where that and its library are, and holds nothing. */
public final class AgentJar {
    private AgentJar() {}

    /**
     * The option by which a JVM gets an agent.
     *
     * @param folder where the jar is made
     * @param agent has a {@code premain}, and changes classes by ASM
     * @param argument what that is given
     */
    public static String option(Path folder, Class<?> agent, String argument) throws IOException {
        return "-javaagent:%s=%s".formatted(make(folder, agent), argument);
    }

    private static Path make(Path folder, Class<?> agent) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(
                Attributes.Name.CLASS_PATH,
                Stream.of(agent, ClassReader.class).map(AgentJar::place).collect(Collectors.joining(" ")));
        attributes.putValue("Premain-Class", agent.getName());
        Path jar = Files.createDirectories(folder)
                .resolve(agent.getSimpleName() + ".jar")
                .toAbsolutePath();
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.finish();
        }
        return jar;
    }

    private static String place(Class<?> type) {
        try {
            return type.getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI()
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
