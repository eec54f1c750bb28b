// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The recount in Python, as this version of the auditor has it. */
final class Shipped {
    private Shipped() {}

    static String recount() {
        try (InputStream in = Shipped.class.getResourceAsStream(BundlePaths.RECOUNT)) {
            if (in == null) {
                throw new IllegalStateException("this build has no " + BundlePaths.RECOUNT);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
