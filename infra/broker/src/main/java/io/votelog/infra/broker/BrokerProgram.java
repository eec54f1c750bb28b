// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What brokers are started from: this module and the libraries that Maven gives it, whoever starts them. So a broker has the same
 * libraries beside every program, and all brokers share one archive of their classes. Where the build's list of the libraries is not
 * beside this module (it came from a Maven repository), a broker takes the class path of the program that starts it.
 */
final class BrokerProgram {
    private static final String MAIN_CLASS = "kafka.Kafka";

    /** Written by the build. */
    private static final String LIBRARIES = "broker.classpath";

    private BrokerProgram() {}

    /** A broker or a controller, to be configured and started. */
    static ChildJvm.Builder child(String name) {
        ChildJvm.Builder child = withOwnClassPath(name);
        return child.archiveIn(module().resolveSibling("classes-archived"), BrokerProgram::startAndStop);
    }

    /**
     * A class path with the Kafka of another checkout, and this module.
     *
     * @throws ChildStartException where that is not built
     */
    static String classPathWithKafkaOf(Path checkout) {
        Path list = checkout.resolve("infra/broker/target").resolve(LIBRARIES);
        try {
            return module() + File.pathSeparator + Files.readString(list).strip();
        } catch (IOException e) {
            throw new ChildStartException(list + " is missing: build it there with ./mvnw -DskipTests package", e);
        }
    }

    /** The same, for a run that archives its classes. */
    private static ChildJvm.Builder withOwnClassPath(String name) {
        ChildJvm.Builder child = ChildJvm.of(name, MAIN_CLASS);
        Path list = module().resolveSibling(LIBRARIES);
        try {
            String libraries = Files.exists(list) ? Files.readString(list).strip() : "";
            boolean complete = !libraries.isEmpty()
                    && Stream.of(libraries.split(File.pathSeparator)).allMatch(jar -> Files.exists(Path.of(jar)));
            return complete ? child.classPath(module() + File.pathSeparator + libraries) : child;
        } catch (IOException e) {
            throw new ChildStartException(list + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Path module() {
        return ChildJvm.placeOf(ChildJvm.class);
    }

    private static void startAndStop(List<String> jvmArgs) throws IOException {
        Path data = Files.createTempDirectory("votelog-archive");
        try {
            KafkaCluster.single(data)
                    .startedFrom(name -> withOwnClassPath(name).jvmArgs(jvmArgs.toArray(String[]::new)))
                    .start()
                    .stop(1);
        } finally {
            FileTrees.delete(data);
        }
    }
}
