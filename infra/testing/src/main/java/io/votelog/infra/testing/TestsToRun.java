// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which tests a run is for. Maven says so; outside of it all are run. */
final class TestsToRun {
    /** {@value #USUAL}, {@value #ALL}, or {@code 2/3} for the usual ones and the second third of those that start whole systems. */
    static final String PROPERTY = "votelog.tests";

    static final String USUAL = "usual";
    private static final String ALL = "all";
    private static final Pattern SHARE = Pattern.compile("([1-9]\\d?)/([1-9]\\d?)");

    private TestsToRun() {}

    static boolean areAll() {
        return asked().equals(ALL);
    }

    /** Whether whole systems are started for the tests of the class: each class is in exactly one share. */
    static boolean startWholeSystems(Class<?> tests) {
        String asked = asked();
        if (asked.equals(ALL) || asked.equals(USUAL)) {
            return asked.equals(ALL);
        }
        Matcher share = SHARE.matcher(asked);
        if (!share.matches() || Integer.parseInt(share.group(1)) > Integer.parseInt(share.group(2))) {
            throw new IllegalArgumentException(
                    "-Dtests=" + asked + " is neither " + USUAL + ", " + ALL + " nor a share such as 2/3");
        }
        return Math.floorMod(tests.getSimpleName().hashCode(), Integer.parseInt(share.group(2)))
                == Integer.parseInt(share.group(1)) - 1;
    }

    private static String asked() {
        return System.getProperty(PROPERTY, ALL);
    }
}
