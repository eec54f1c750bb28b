// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.nio.file.Path;

/** Where things are in the repository. */
final class Place {
    static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    static final Path HERE = ROOT.resolve("infra/kubernetes");
    static final Path BASE = HERE.resolve("base");
    static final Path SMALL = HERE.resolve("overlays/small");
    static final Path PRODUCTION = HERE.resolve("overlays/production");

    private Place() {}
}
