// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

/** Which tests a run is for. Maven says so; outside of it all are run. */
final class TestsToRun {
    /** {@value #USUAL} where what takes long is left out. */
    static final String PROPERTY = "votelog.tests";

    static final String USUAL = "usual";

    private TestsToRun() {}

    static boolean areAll() {
        return !USUAL.equals(System.getProperty(PROPERTY));
    }
}
