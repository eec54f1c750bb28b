// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The options that stand for a file's projects. A project's id that can be an option's ({@code [A-Za-z0-9_-]{1,32}}) is the option's;
 * of another one, each character that an option's cannot have becomes {@code -}, it is cut to 32, and where that is taken a number
 * is put behind it, in the order of the file. So the same file always comes to the same ids.
 */
public final class OptionIds {
    private static final Pattern OPTION_ID = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final int MAX_LENGTH = 32;

    /** What no option's id can begin with: a choice that stands for no option of the ballot. */
    private static final String NO_PROJECT = "no project: ";

    private final Map<String, String> byProject = new LinkedHashMap<>();

    /** Those of these projects. */
    public OptionIds(List<Project> projects) {
        Set<String> taken = new HashSet<>();
        for (Project project : projects) {
            if (OPTION_ID.matcher(project.id()).matches()) {
                taken.add(project.id());
            }
        }
        for (Project project : projects) {
            String id = project.id();
            byProject.put(id, OPTION_ID.matcher(id).matches() ? id : free(id, taken));
        }
    }

    private static String free(String projectId, Set<String> taken) {
        String plain = cut(projectId.replaceAll("[^A-Za-z0-9_-]", "-"), MAX_LENGTH);
        String free = plain;
        for (int n = 2; !taken.add(free); n++) {
            String number = "-" + n;
            free = cut(plain, MAX_LENGTH - number.length()) + number;
        }
        return free;
    }

    private static String cut(String text, int length) {
        return text.substring(0, Math.min(text.length(), length));
    }

    /** The option that stands for a project; for what is no project of the file, something that is no option of the ballot. */
    public String of(String projectId) {
        String option = byProject.get(projectId);
        return option == null ? NO_PROJECT + projectId : option;
    }

    /** The projects whose options have other ids, with those, in the order of the file. */
    public Map<String, String> changed() {
        Map<String, String> changed = new LinkedHashMap<>();
        byProject.forEach((project, option) -> {
            if (!project.equals(option)) {
                changed.put(project, option);
            }
        });
        return changed;
    }
}
