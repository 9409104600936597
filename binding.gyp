# MSVC builds the addon from here (node-gyp, prebuildify: "npm run build:native" on Windows); mingw-w64 builds it from
# native/CMakeLists.txt. Sources, defines and libraries stand in native/sources.json, which both read.
{
  'targets': [
    {
      'target_name': 'secur32',
      'sources': [
        '<!@(node -p "require(\'./native/sources.json\').sources.map(name => \'native/\' + name).join(\' \')")',
      ],
      'include_dirs': [
        'native/src',
        '<!(node -p "require(\'node-addon-api\').include_dir")',
      ],
      'defines': [
        '<!@(node -p "require(\'./native/sources.json\').defines.join(\' \')")',
      ],
      'conditions': [
        ['OS!="win"', {
          # There is nothing to build elsewhere.
          'type': 'none',
        }, {
          'dependencies': ['node_import_library'],
          'libraries': [
            '<!@(node -p "require(\'./native/sources.json\').libraries.map(name => \'-l\' + name + \'.lib\').join(\' \')")',
          ],
          'msvs_settings': {
            'VCCLCompilerTool': {
              'ExceptionHandling': 1,
              'WarningLevel': 4,
              'WarnAsError': 'true',
              'AdditionalOptions': [
                '/std:c++20',
                '/permissive-',
                '/Zc:__cplusplus',
                '/utf-8',
                '/sdl',
                '/guard:cf',
                '/Qspectre',
                # Warnings are about the addon's own sources, not about the headers of Windows and node-addon-api.
                '/external:anglebrackets',
                '/external:W0',
              ],
            },
            'VCLinkerTool': {
              'AdditionalOptions': [
                '/guard:cf',
                '/DYNAMICBASE',
                '/NXCOMPAT',
                # The DLLs of the import table come from System32 only.
                '/DEPENDENTLOADFLAG:0x800',
              ],
            },
          },
        }],
        ['OS=="win" and target_arch!="arm64"', {
          'msvs_settings': { 'VCLinkerTool': { 'AdditionalOptions': ['/CETCOMPAT'] } },
        }],
        ['OS=="win" and target_arch!="ia32"', {
          'msvs_settings': { 'VCLinkerTool': { 'AdditionalOptions': ['/HIGHENTROPYVA'] } },
        }],
      ],
    },
    {
      # node.lib, made from the list of functions in node-api-headers, so that no headers are downloaded. The addon
      # loads it with a delay, and the hook of node-gyp turns it to the running executable.
      'target_name': 'node_import_library',
      'type': 'none',
      'win_delay_load_hook': 'false',
      'variables': {
        'machine%': '<(target_arch)',
        'conditions': [['target_arch=="ia32"', { 'machine': 'x86' }]],
      },
      'conditions': [
        ['OS=="win"', {
          'actions': [{
            'action_name': 'lib',
            'inputs': ['<!(node -p "require(\'node-api-headers\').def_paths.node_api_def")'],
            'outputs': ['<(node_root_dir)/$(Configuration)/node.lib'],
            'action': [
              'lib',
              '/nologo',
              '/machine:<(machine)',
              '/name:node.exe',
              '/def:<@(_inputs)',
              '/out:<(node_root_dir)/$(Configuration)/node.lib',
            ],
            'msvs_cygwin_shell': 0,
          }],
        }],
      ],
    },
  ],
}
