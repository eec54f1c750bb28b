// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.system.SystemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A run that is recorded: the apps start from the images' files on a real broker, votes are cast, counted, read and audited, and the apps
 * stop. What their JVMs note of it becomes the images' cache.
 */
final class Training {
    /** Enough for the JVM to tell what is hot from what is not. */
    private static final int VOTES = 2_000;

    private static final Duration ASSEMBLING = Duration.ofMinutes(2);
    private static final Duration AUDIT = Duration.ofMinutes(2);
    /** A process that SIGTERM ended. */
    private static final int STOPPED = 143;

    private final Trees trees;
    private final StartCache cache;
    private final Path repository;
    private final Path folder;

    /** @param folder for data, logs and notes of the run */
    Training(Trees trees, StartCache cache, Path repository, Path folder) {
        this.trees = trees;
        this.cache = cache;
        this.repository = repository;
        this.folder = folder;
    }

    /** Puts the caches of these apps, and of no other, beside them. The gateway runs in any case: without it there is no vote. */
    void prepare(Iterable<ImageApp> apps) throws IOException, InterruptedException {
        List<ImageApp> wanted = new ArrayList<>();
        apps.forEach(wanted::add);
        Files.createDirectories(folder);
        try (Stage stage = new Stage(folder)) {
            Visitors visitors = stage.visitors(repository);
            try (RunningApp gateway = start(stage, ImageApp.PRODUCER, wanted)) {
                gateway.awaitReady(stage.managementPort(ImageApp.PRODUCER));
                visitors.publish();
                if (wanted.contains(ImageApp.STREAMS)) {
                    try (RunningApp streams = start(stage, ImageApp.STREAMS, wanted)) {
                        streams.awaitReady(stage.managementPort(ImageApp.STREAMS));
                        visitors.vote(VOTES);
                        visitors.read(VOTES);
                        requireStopped(ImageApp.STREAMS, streams);
                    }
                } else {
                    visitors.vote(VOTES);
                }
                requireStopped(ImageApp.PRODUCER, gateway);
            }
            if (wanted.contains(ImageApp.AUDITOR)) {
                audit(stage);
            }
        }
        for (ImageApp app : wanted) {
            assemble(app);
            trees.setTimes(app);
        }
    }

    private RunningApp start(Stage stage, ImageApp app, List<ImageApp> wanted) throws IOException {
        return stage.start(app, command(app, wanted.contains(app)), home(app), app.appName());
    }

    private List<String> command(ImageApp app, boolean recorded) {
        String root = trees.root(app).toString();
        return new EntryPoint(app, cache).words(root, recorded ? cache.record(notes(app)) : List.of());
    }

    private void audit(Stage stage) throws IOException, InterruptedException {
        try (RunningApp auditor = stage.run(
                command(ImageApp.AUDITOR, true),
                List.of(
                        "replay",
                        "--bootstrap-servers",
                        stage.bootstrapServers(),
                        "--public-key",
                        stage.secrets().signingKey()),
                home(ImageApp.AUDITOR),
                ImageApp.AUDITOR.appName())) {
            int code = auditor.awaitEnd(AUDIT);
            // 3: nothing is wrong, and something could not be looked at, as of a vote that has not ended.
            if (code != 0 && code != 3) {
                throw new SystemException(
                        "the auditor ended with %d: %s".formatted(code, String.join("\n", auditor.said())));
            }
        }
    }

    private void assemble(ImageApp app) throws IOException, InterruptedException {
        String root = trees.root(app).toString();
        cache.correct(Path.of(notes(app)));
        try (RunningApp jvm = RunningApp.start(
                app.appName() + "-cache",
                new EntryPoint(app, cache).words(root, cache.assemble(root, notes(app))),
                home(app),
                Map.of(),
                folder.resolve("logs").resolve(app.appName() + "-cache.log"))) {
            jvm.awaitEnd(ASSEMBLING);
        }
        for (String option : cache.use(root)) {
            Path made = Path.of(option.substring(option.indexOf('=') + 1));
            if (Files.notExists(made)) {
                throw new SystemException("%s was not made: see %s".formatted(made, folder.resolve("logs")));
            }
        }
    }

    private void requireStopped(ImageApp app, RunningApp running) throws InterruptedException {
        int code = running.stop();
        if (code != STOPPED) {
            throw new SystemException(
                    "%s ended with %d: see %s".formatted(app.appName(), code, folder.resolve("logs")));
        }
    }

    private Path home(ImageApp app) {
        return Trees.in(trees.root(app), ImagePaths.APP);
    }

    private String notes(ImageApp app) {
        return folder.resolve(app.appName() + ".notes").toString();
    }
}
