// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * How long an app takes from its start until it is ready: from its jar, by the JDK, and as its image starts it, in turn, on one broker with
 * a ballot and votes, on the same ports and the same data.
 */
final class Measurement {
    private static final int VOTES = 100;

    /** Kafka takes an instance of the read side that has stopped for one that may come back, for as long as its session may take (6 s). */
    private static final Duration UNTIL_FORGOTTEN = Duration.ofSeconds(7);

    private final Trees trees;
    private final StartCache cache;
    private final Jdk jdk;
    private final Path repository;
    private final Path folder;

    /** How an app is started. */
    private enum Way {
        JAR,
        IMAGE
    }

    private record Start(Duration ready, Duration cpu) {}

    /** @param jdk that runs the jar, and that the images' Java runtime was made from */
    Measurement(Trees trees, StartCache cache, Jdk jdk, Path repository, Path folder) {
        this.trees = trees;
        this.cache = cache;
        this.jdk = jdk;
        this.repository = repository;
        this.folder = folder;
    }

    /** Starts each app that listens so many times in each way, and prints a table (Markdown) of the medians. */
    void print(int rounds, PrintStream out) throws IOException, InterruptedException {
        try (Stage stage = new Stage(folder)) {
            prepare(stage);
            out.printf("%nstart to ready, medians of %d rounds in turn, JDK %s:%n%n", rounds, jdk.version());
            out.println("| | jar | image | of the jar's | CPU: jar | image |");
            out.println("|---|---|---|---|---|---|");
            for (ImageApp app : List.of(ImageApp.PRODUCER, ImageApp.STREAMS)) {
                Map<Way, List<Start>> starts = new EnumMap<>(Way.class);
                for (int round = 0; round < rounds; round++) {
                    for (Way way : Way.values()) {
                        starts.computeIfAbsent(way, any -> new ArrayList<>()).add(start(stage, app, way));
                    }
                }
                print(app, starts, out);
            }
        }
    }

    private void prepare(Stage stage) throws IOException, InterruptedException {
        Visitors visitors = stage.visitors(repository);
        try (RunningApp gateway = stage.start(
                        ImageApp.PRODUCER,
                        command(ImageApp.PRODUCER, Way.IMAGE),
                        home(ImageApp.PRODUCER),
                        "before-producer");
                RunningApp streams = stage.start(
                        ImageApp.STREAMS,
                        command(ImageApp.STREAMS, Way.IMAGE),
                        home(ImageApp.STREAMS),
                        "before-streams-app")) {
            gateway.awaitReady(stage.managementPort(ImageApp.PRODUCER));
            streams.awaitReady(stage.managementPort(ImageApp.STREAMS));
            visitors.publish();
            visitors.vote(VOTES);
            visitors.read(VOTES);
            streams.stop();
            gateway.stop();
        }
    }

    private Start start(Stage stage, ImageApp app, Way way) throws IOException, InterruptedException {
        if (app == ImageApp.STREAMS) {
            Thread.sleep(UNTIL_FORGOTTEN.toMillis());
        }
        String name = app.appName() + "-" + way.name().toLowerCase(Locale.ROOT);
        try (RunningApp running = stage.start(app, command(app, way), home(app), name)) {
            Duration ready = running.awaitReady(stage.managementPort(app));
            Duration cpu = running.cpu();
            running.stop();
            return new Start(ready, cpu);
        }
    }

    private List<String> command(ImageApp app, Way way) {
        return switch (way) {
            case IMAGE -> new EntryPoint(app, cache).words(trees.root(app).toString());
            case JAR -> {
                List<String> words = new ArrayList<>(List.of(jdk.program("java")));
                words.addAll(EntryPoint.jvmArgs());
                words.add("-jar");
                words.add(app.jar(repository).toString());
                yield words;
            }
        };
    }

    private static void print(ImageApp app, Map<Way, List<Start>> starts, PrintStream out) {
        double jar = median(starts, Way.JAR, Start::ready);
        double image = median(starts, Way.IMAGE, Start::ready);
        out.printf(
                Locale.ROOT,
                "| `%s` | %.2f s | %.2f s | %.2f | %.1f s | %.1f s |%n",
                app.appName(),
                jar,
                image,
                image / jar,
                median(starts, Way.JAR, Start::cpu),
                median(starts, Way.IMAGE, Start::cpu));
    }

    /** In seconds. */
    private static double median(Map<Way, List<Start>> starts, Way way, Function<Start, Duration> what) {
        List<Duration> sorted =
                starts.getOrDefault(way, List.of()).stream().map(what).sorted().toList();
        int middle = sorted.size() / 2;
        double upper = sorted.get(middle).toNanos() / 1e9;
        return sorted.size() % 2 == 1 ? upper : (upper + sorted.get(middle - 1).toNanos() / 1e9) / 2;
    }

    private Path home(ImageApp app) {
        return Trees.in(trees.root(app), ImagePaths.APP);
    }
}
