// SPDX-License-Identifier: Apache-2.0
/**
 * The files for Kubernetes as the cluster would get them, and what must hold for them. Each rule says what is wrong in words, and the tests
 * break the files in memory to see that it does.
 */
@NullMarked
package io.votelog.infra.kubernetes;

import org.jspecify.annotations.NullMarked;
