// SPDX-License-Identifier: Apache-2.0
/** The Chromium of this machine, for tests of pages. A module that uses it brings Playwright and axe-core itself. */
@NullMarked
package io.votelog.infra.testing.browser;

import org.jspecify.annotations.NullMarked;
