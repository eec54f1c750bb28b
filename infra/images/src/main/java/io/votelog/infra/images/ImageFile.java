// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import io.votelog.infra.system.SystemException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An image, made by Jib from the files that are to be in it.
 *
 * @param root a folder that stands for the image's root
 * @param base the name of the image that it stands on; null where all of it is in that folder
 * @param caches a folder in which layers that were made are kept while images are built
 */
record ImageFile(EntryPoint entryPoint, Path root, BuildFacts facts, @Nullable String base, Path caches) {
    private static final String PREFIX = "org.opencontainers.image.";

    /**
     * Writes it as a tarball, as {@code docker save} does.
     *
     * @throws SystemException where the base cannot be had
     */
    void write(Path tarball) throws IOException, InterruptedException {
        try {
            String name = entryPoint.app().imageName() + ":" + facts.version();
            containerize(Containerizer.to(TarImage.at(tarball).named(name)), base != null && isLocal(base));
        } catch (InvalidImageReferenceException e) {
            throw new SystemException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Pushes it into a registry.
     *
     * @param prefix what stands before the image's name there, without a slash at its end
     * @throws SystemException where the registry does not take it
     */
    void push(String prefix) throws IOException, InterruptedException {
        String name = "%s/%s:%s".formatted(prefix, entryPoint.app().imageName(), facts.version());
        try {
            containerize(Containerizer.to(withCredentials(name)), isLocal(name) && (base == null || isLocal(base)));
        } catch (InvalidImageReferenceException e) {
            throw new SystemException(String.valueOf(e.getMessage()));
        }
    }

    private void containerize(Containerizer to, boolean plainHttp)
            throws IOException, InterruptedException, InvalidImageReferenceException {
        try {
            described()
                    .containerize(to.setApplicationLayersCache(caches.resolve("layers"))
                            .setBaseImageLayersCache(caches.resolve("base"))
                            .setAllowInsecureRegistries(plainHttp)
                            .setToolName("infra/images/build"));
        } catch (RegistryException | ExecutionException | CacheDirectoryCreationException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new SystemException(
                    "the image %s cannot be made: %s".formatted(entryPoint.app().imageName(), root));
        }
    }

    private JibContainerBuilder described() throws IOException, InvalidImageReferenceException {
        String processor = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        return on().setFileEntriesLayers(Layer.of(root, facts.time()))
                .setPlatforms(Set.of(new Platform(processor, "linux")))
                .setCreationTime(facts.time())
                .setEntrypoint(entryPoint.words())
                .setEnvironment(entryPoint.app().environment())
                .setExposedPorts(
                        entryPoint.app().ports().stream().map(Port::tcp).collect(Collectors.toSet()))
                .setUser("%1$d:%1$d".formatted(ImagePaths.USER))
                .setWorkingDirectory(AbsoluteUnixPath.get(ImagePaths.APP))
                .setLabels(labels());
    }

    private JibContainerBuilder on() throws InvalidImageReferenceException {
        if (base == null) {
            return Jib.fromScratch();
        }
        return base.startsWith(Jib.TAR_IMAGE_PREFIX) ? Jib.from(base) : Jib.from(withCredentials(base));
    }

    private static RegistryImage withCredentials(String name) throws InvalidImageReferenceException {
        ImageReference reference = ImageReference.parse(name);
        return RegistryImage.named(reference)
                .addCredentialRetriever(CredentialRetrieverFactory.forImage(reference, log -> {})
                        .dockerConfig());
    }

    /** A registry on this machine need not speak TLS. */
    private static boolean isLocal(String name) {
        return name.matches("(localhost|127\\.0\\.0\\.1)(:\\d+)?/.*");
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(PREFIX + "title", entryPoint.app().imageName());
        labels.put(PREFIX + "description", entryPoint.app().description());
        labels.put(PREFIX + "version", facts.version());
        facts.revision().ifPresent(revision -> labels.put(PREFIX + "revision", revision));
        labels.put(PREFIX + "licenses", "Apache-2.0");
        labels.put(PREFIX + "created", facts.time().toString());
        if (base != null) {
            labels.put(PREFIX + "base.name", base);
        }
        return labels;
    }
}
