// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.settings;

/**
 * Settings that are checked before an application asks anybody else for anything, so that a bad one is told at once. What asks first
 * takes a list of them, which makes them be read; the gateway does so.
 */
public interface CheckedAtStart {}
