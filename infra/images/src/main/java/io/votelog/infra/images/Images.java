// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.broker.ChildStartException;
import io.votelog.infra.broker.FileTrees;
import io.votelog.infra.system.ProgramHelp;
import io.votelog.infra.system.SystemException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.ParameterException;

/**
 * The program behind {@code infra/images/build}. Exit code 0 when the images are made, 1 with one line on standard error where they could not
 * be, 2 for a command line that it does not know.
 */
public final class Images {
    /** System property: the repository's root, with what a build leaves below it; the working directory by default. */
    static final String ROOT = "votelog.images.root";

    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private final Options options;
    private final Path repository;
    private final PrintStream out;

    private Images(Options options, Path repository, PrintStream out) {
        this.options = options;
        this.repository = repository;
        this.out = out;
    }

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(args, out, err));
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        Options options = new Options();
        try {
            options.commandLine().parseArgs(ProgramHelp.plain(args));
            if (options.help()) {
                out.print(ProgramHelp.of(Images.class));
                return 0;
            }
            options.requireMeasurable();
            Path repository =
                    Path.of(System.getProperty(ROOT, "")).toAbsolutePath().normalize();
            new Images(options, repository, out).build();
            return 0;
        } catch (ParameterException e) {
            err.println("infra/images/build: " + e.getMessage());
            err.print(ProgramHelp.of(Images.class));
            return EXIT_USAGE;
        } catch (SystemException | ChildStartException e) {
            err.println("infra/images/build: " + e.getMessage());
            return EXIT_FAILED;
        } catch (IOException | UncheckedIOException e) {
            err.println("infra/images/build: " + e);
            return EXIT_FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return EXIT_FAILED;
        }
    }

    private void build() throws IOException, InterruptedException {
        BuildFacts facts = BuildFacts.of(repository);
        Jdk jdk = options.jdk();
        StartCache cache = options.noAot() ? StartCache.NONE : StartCache.bestOf(jdk);
        Path folder = Files.createDirectories(options.out(repository));
        Path work = folder.resolve("work");
        Trees trees = new Trees(repository, work, facts.time());
        out.printf("Java runtime of JDK %s, %s%n", jdk.version(), jdk.home());
        trees.make(jdk, needed(cache), options.base() == null);
        if (cache != StartCache.NONE) {
            out.println("a run of the system is recorded");
            new Training(trees, cache, repository, work.resolve("training")).prepare(options.apps());
        }
        for (ImageApp app : options.apps()) {
            ImageFile image = new ImageFile(
                    new EntryPoint(app, cache), trees.root(app), facts, options.base(), work.resolve("caches"));
            Path tarball = folder.resolve(app.imageName() + ".tar");
            image.write(tarball);
            Files.copy(
                    app.sbom(repository),
                    folder.resolve(app.imageName() + "-sbom.json"),
                    StandardCopyOption.REPLACE_EXISTING);
            out.printf("%s, %d MB%n", tarball, Files.size(tarball) >> 20);
            if (options.push() != null) {
                image.push(options.push());
                out.printf("pushed to %s/%s:%s%n", options.push(), app.imageName(), facts.version());
            }
        }
        if (options.measure() > 0) {
            new Measurement(trees, cache, jdk, repository, work.resolve("measurement")).print(options.measure(), out);
        }
        FileTrees.delete(work);
    }

    /** A recorded run needs the gateway. */
    private Set<ImageApp> needed(StartCache cache) {
        Set<ImageApp> needed = EnumSet.copyOf(options.apps());
        if (cache != StartCache.NONE) {
            needed.add(ImageApp.PRODUCER);
        }
        return needed;
    }
}
