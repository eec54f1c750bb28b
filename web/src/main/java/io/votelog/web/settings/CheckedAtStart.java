// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.settings;

/** Settings that are checked before an application asks anybody else for anything, so that a bad one is told at once. */
public interface CheckedAtStart {}
