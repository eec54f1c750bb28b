// SPDX-License-Identifier: Apache-2.0
/**
 * Follows a sealed log for weeks: each round looks at what is new, and raises alarms. What is looked at is in {@code verify};
 * here is what a round means, what is kept between rounds, and who is told.
 */
@NullMarked
package io.votelog.auditor.monitor;

import org.jspecify.annotations.NullMarked;
